-- Keeps what a batch's records say about fraud: of payments that they bring, and of those that are known already.
-- Grain: none. Reads: what list_well_formed reads, staging.payment_verdicts, ops.batches.
-- Called by: LoadStage, after load_batch, for profiles that tell labels.
--
-- A label is known so long after its payment, or (p_known_after is null) when it is imported: never at the payment.
-- The same word again changes nothing; another one replaces it.
create function pipeline.load_labels(
    p_batch_id bigint,
    p_source text,
    p_known_after interval,
    p_tells_genuine boolean
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_lane smallint;
begin
    select batch.lane
    into v_lane
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    insert into risk.labels as known (
        payment_id,
        source,
        is_fraud,
        known_at,
        batch_id,
        customer_id,
        merchant_id,
        transaction_date
    )
    select distinct on (staged.payment_id)
        staged.payment_id,
        p_source,
        staged.is_fraud,
        coalesce(staged.transaction_date + p_known_after, clock_timestamp()),
        p_batch_id,
        staged.customer_id,
        staged.merchant_id,
        staged.transaction_date
    from pipeline.list_well_formed(p_batch_id, v_lane) as staged
    where (staged.is_fraud or (p_tells_genuine and staged.is_fraud is not null))
        and not exists (
            select
            from staging.payment_verdicts as verdict
            where verdict.lane = v_lane
                and verdict.record_number = staged.record_number
                and verdict.verdict = 'refused'
        )
    order by
        staged.payment_id,
        staged.record_number desc
    on conflict on constraint labels_pkey do update set
        is_fraud = excluded.is_fraud,
        known_at = excluded.known_at,
        batch_id = excluded.batch_id
    where known.is_fraud <> excluded.is_fraud;
end;
$$;

comment on function pipeline.load_labels(bigint, text, interval, boolean) is
    'Keeps the fraud labels that came with a batch''s records, each known from its instant on.';
