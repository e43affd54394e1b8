-- Applies the payouts that a run has staged to the settlements that are not paid yet, and empties its staging.
-- COMPLETED is paid on paid_on; FAILED is an attempt that failed on paid_on, and counts as unpaid.
-- Grain: one value, the settlements changed. Reads: staging.payouts. Called by: PayoutStage.
create function pipeline.apply_payouts(
    p_run_id bigint,
    p_as_of date
) returns bigint
language plpgsql
as $$
declare
    v_changed bigint;
begin
    perform pipeline.lock_settlements();
    -- What is paid is right for ever: a settlement that is not the sum of its payments is mended first.
    perform pipeline.recompute_settlements(
        array(
            select settlement.settlement_id
            from staging.payouts as payout
            inner join public.settlements as settlement
                on settlement.merchant_id = payout.merchant_id
                and settlement.currency = payout.currency
                and settlement.period_start = payout.period_start
            where payout.run_id = p_run_id
        )
    );

    update public.settlements as settlement
    set
        status = payout.outcome,
        settlement_date = case when payout.outcome = 'COMPLETED' then payout.paid_on end,
        updated_at = now()
    from staging.payouts as payout
    where payout.run_id = p_run_id
        and payout.paid_on <= p_as_of
        and settlement.merchant_id = payout.merchant_id
        and settlement.currency = payout.currency
        and settlement.period_start = payout.period_start
        and settlement.status <> 'COMPLETED'
        and settlement.status <> payout.outcome;
    get diagnostics v_changed = row_count;

    delete from staging.payouts as payout
    where payout.run_id = p_run_id;
    return v_changed;
end;
$$;

comment on function pipeline.apply_payouts(bigint, date) is
    'Applies a run''s staged payouts up to a day to settlements not yet paid; returns the settlements changed.';
