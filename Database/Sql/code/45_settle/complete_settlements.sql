-- Settlements that were paid, each on its day: the one way in for money that came.
-- Grain: one value, the settlements completed. Reads: settlements. Called by: apply_payouts, reconciliation.
--
-- PENDING and FAILED ones become COMPLETED; what is COMPLETED stays as it is, its day too. What is paid is right for ever:
-- a settlement that is not the sum of its payments is mended first.
create function pipeline.complete_settlements(
    p_settlement_ids text[],
    p_paid_on date[]
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
declare
    v_completed bigint;
begin
    perform pipeline.lock_settlements();
    perform pipeline.recompute_settlements(p_settlement_ids);

    update public.settlements as settlement
    set
        status = 'COMPLETED',
        settlement_date = paid.paid_on,
        updated_at = now()
    from (
        select
            paid.settlement_id,
            min(paid.paid_on) as paid_on
        from unnest(p_settlement_ids, p_paid_on) as paid (settlement_id, paid_on)
        group by paid.settlement_id
    ) as paid
    where settlement.settlement_id = paid.settlement_id
        and settlement.status in ('PENDING', 'FAILED');
    get diagnostics v_completed = row_count;
    return v_completed;
end;
$$;

comment on function pipeline.complete_settlements(text[], date[]) is
    'Completes PENDING and FAILED settlements, each with the day on which it was paid (arrays of one length); returns how many.';
