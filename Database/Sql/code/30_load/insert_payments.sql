-- Inserts the scored payments of a batch: the only way into payments.
-- Grain: one value, the payments inserted. Reads: ops.batches, ops.imports.
-- Called by: LoadStage and store_payments, with what score_payments returns, before they are counted.
create function pipeline.insert_payments(
    p_batch_id bigint,
    p_payments staging.scored_payment[]
) returns bigint
language plpgsql
as $$
declare
    v_inserted bigint;
begin
    -- A month may have been archived, with its partition, since the batch was staged.
    perform pipeline.ensure_payment_partitions(
        pipeline.day_start(month.first_day), pipeline.day_start(month.first_day)
    )
    from (
        select distinct date_trunc('month', scored.payment_date::timestamp)::date as first_day
        from unnest(p_payments) as scored
        -- The partition is asked for once a month, not once a payment.
        offset 0
    ) as month
    where not pipeline.has_payment_partition(month.first_day);

    insert into public.payments (
        payment_id,
        customer_id,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        failure_reason,
        risk_score,
        is_suspicious,
        batch_id,
        line_number,
        is_generated
    )
    select
        scored.payment_id,
        scored.customer_id,
        scored.merchant_id,
        scored.amount,
        scored.currency,
        scored.payment_method,
        scored.payment_status,
        scored.transaction_date,
        scored.processing_time_seconds,
        scored.failure_reason,
        scored.risk_score,
        scored.is_suspicious,
        p_batch_id,
        scored.line_number,
        (
            select import.is_generated
            from ops.batches as batch
            inner join ops.imports as import on import.import_id = batch.import_id
            where batch.batch_id = p_batch_id
        )
    from unnest(p_payments) as scored;
    get diagnostics v_inserted = row_count;
    return v_inserted;
end;
$$;

comment on function pipeline.insert_payments(bigint, staging.scored_payment[]) is
    'Inserts the scored payments of a batch into payments, with the partitions that they need; returns how many.';
