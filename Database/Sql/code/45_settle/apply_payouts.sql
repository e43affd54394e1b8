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
    v_failed bigint;
begin
    perform pipeline.lock_settlements();
    create temporary table temp_payout_outcome on commit drop as
    select
        settlement.settlement_id,
        payout.outcome,
        payout.paid_on
    from staging.payouts as payout
    inner join public.settlements as settlement
        on settlement.merchant_id = payout.merchant_id
        and settlement.currency = payout.currency
        and settlement.period_start = payout.period_start
    where payout.run_id = p_run_id
        and payout.paid_on <= p_as_of;

    v_changed := pipeline.complete_settlements(
        array(
            select paid.settlement_id
            from temp_payout_outcome as paid
            where paid.outcome = 'COMPLETED'
            order by paid.settlement_id
        ),
        array(
            select paid.paid_on
            from temp_payout_outcome as paid
            where paid.outcome = 'COMPLETED'
            order by paid.settlement_id
        )
    );

    -- A closed settlement takes nothing more: it is mended before it is.
    perform pipeline.recompute_settlements(
        array(
            select refused.settlement_id
            from temp_payout_outcome as refused
            where refused.outcome = 'FAILED'
        )
    );
    update public.settlements as settlement
    set
        status = 'FAILED',
        updated_at = now()
    from temp_payout_outcome as refused
    where refused.outcome = 'FAILED'
        and settlement.settlement_id = refused.settlement_id
        and settlement.status = 'PENDING';
    get diagnostics v_failed = row_count;
    drop table temp_payout_outcome;

    delete from staging.payouts as payout
    where payout.run_id = p_run_id;
    return v_changed + v_failed;
end;
$$;

comment on function pipeline.apply_payouts(bigint, date) is
    'Applies a run''s staged payouts up to a day to settlements not yet paid; returns the settlements changed.';
