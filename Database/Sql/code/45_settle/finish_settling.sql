-- Ends a settle run: notes what has been looked at, and lets refunds, reserves and balances follow what has been settled.
-- Grain: none. Reads: ops.batches, ops.settled_merchants, settlements. Called by: settle_payments, SettleStage.
create function pipeline.finish_settling(
    p_as_of date,
    p_due_batches bigint[],
    p_waiting_batches bigint[],
    p_waiting_from date[],
    p_merchant_ids text[],
    p_settles_from date[],
    p_claimed_payments text[],
    p_payments_settled bigint
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if p_payments_settled >= 10000 and p_payments_settled > 0.1 * (
        select links.reltuples
        from pg_catalog.pg_class as links
        where links.oid = 'public.settlement_payments'::regclass
    ) then
        perform pipeline.analyze_settlements();
    end if;

    with waiting as (
        select
            wait.batch_id,
            min(wait.payment_date) as payment_date
        from unnest(p_waiting_batches, p_waiting_from) as wait (batch_id, payment_date)
        group by wait.batch_id
    ),
    looked_at as (
        select unnest(p_due_batches) as batch_id
        union
        select waiting.batch_id
        from waiting
    )
    update ops.batches as batch
    set unsettled_from = case
        when batch.batch_id = any (p_due_batches) then waiting.payment_date
        else least(batch.unsettled_from, waiting.payment_date)
    end
    from looked_at
    left join waiting
        on waiting.batch_id = looked_at.batch_id
    where batch.batch_id = looked_at.batch_id;

    delete from ops.settled_merchants as seen
    where not seen.merchant_id = any (p_merchant_ids);
    insert into ops.settled_merchants as seen (merchant_id, settles_from)
    select
        merchant.merchant_id,
        merchant.settles_from
    from unnest(p_merchant_ids, p_settles_from) as merchant (merchant_id, settles_from)
    left join ops.settled_merchants as known on known.merchant_id = merchant.merchant_id
    where known.settles_from is distinct from merchant.settles_from
    on conflict (merchant_id) do update
    set settles_from = excluded.settles_from;

    perform pipeline.adjust_payments(p_claimed_payments);
    perform pipeline.redate_settlements();
    perform pipeline.carry_balances(p_as_of);
end;
$$;

comment on function pipeline.finish_settling(date, bigint[], bigint[], date[], text[], date[], text[], bigint) is
    'Notes what settle_merchants has looked at and left, and carries adjustments, reserves and balances on. The caller holds lock_settlements.';
