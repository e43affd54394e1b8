-- Loads the scored payments of a batch and counts them in the rollups: the only way into payments.
-- Grain: one row. Reads: staging.scored_payments, staging.payment_verdicts, ops.batches, ops.imports.
-- Called by: LoadStage, last of the three calls of a batch's transaction.
-- Of an update, records that move a payment count as accepted too.
create function pipeline.load_batch(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
declare
    v_lane smallint;
    v_is_generated boolean;
    v_is_update boolean;
    v_first_day date;
    v_last_day date;
begin
    select
        batch.lane,
        import.is_generated,
        import.mode = 'update'
    into
        v_lane,
        v_is_generated,
        v_is_update
    from ops.batches as batch
    inner join ops.imports as import on import.import_id = batch.import_id
    where batch.batch_id = p_batch_id;
    if v_lane is null then
        raise exception 'batch % has not been validated', p_batch_id;
    end if;

    -- A month may have been archived, with its partition, since the batch was staged.
    select
        min(scored.payment_date),
        max(scored.payment_date)
    into
        v_first_day,
        v_last_day
    from staging.scored_payments as scored
    where scored.lane = v_lane;
    if date_trunc('month', v_last_day) > date_trunc('month', v_first_day)
        or not pipeline.has_payment_partition(v_first_day) then
        perform pipeline.ensure_payment_partitions(month.first_day, month.first_day)
        from (
            select distinct
                pipeline.day_start(date_trunc('month', scored.payment_date::timestamp)::date)
                    as first_day
            from staging.scored_payments as scored
            where scored.lane = v_lane
        ) as month;
    end if;

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
        v_is_generated
    from staging.scored_payments as scored
    where scored.lane = v_lane;
    get diagnostics accepted = row_count;

    perform pipeline.add_to_rollups(v_lane, 1);
    if v_is_update then
        accepted := accepted + pipeline.move_payments(p_batch_id);
    end if;

    select count(*)
    into duplicates
    from staging.payment_verdicts as verdict
    where verdict.lane = v_lane
        and verdict.is_duplicate;
end;
$$;

comment on function pipeline.load_batch(bigint) is
    'Loads a validated and scored batch into payments and rollups; returns how many were accepted and how many the store had already.';
