-- Puts every SUCCESS payment of a completed processing day, of merchants that we settle, into a settlement, once.
-- A payment belongs to its merchant's settlement of its currency and of the period of its processing day, by the terms
-- that hold at its instant. A PENDING settlement takes payments that arrive late, and those of a week or month grows day
-- by day; a COMPLETED or FAILED one never changes: what comes late for it goes to the earliest later PENDING one, else
-- to a new one for the period of the last completed day, else it waits.
-- The cost follows the new payments: ops.batches.unsettled_from says which batches still have any (a batch becomes
-- visible together with its payments, so none is missed whatever the order of commits), and ops.settled_merchants for
-- which merchants older payments have become due. Whoever makes a stored payment SUCCESS makes its batch due again
-- (follow_moves). At the end payments that were refunded or disputed before they were settled get their adjustments, and
-- reserves and balances are carried on.
-- Grain: one row. Reads: plan_settling, settle_merchants. Called by: SettleStage.
create function pipeline.settle_payments(
    p_as_of date
) returns table (
    settlements_added bigint,
    settlements_recomputed bigint,
    payments_settled bigint
)
language plpgsql
as $$
declare
    v_plan record;
    v_done record;
begin
    perform pipeline.lock_settlements();
    select plan.*
    into v_plan
    from pipeline.plan_settling(p_as_of) as plan;
    select done.*
    into v_done
    from pipeline.settle_merchants(
        p_as_of,
        v_plan.due_batches,
        v_plan.looked_at_batches,
        v_plan.merchant_ids,
        v_plan.settles_from,
        v_plan.seen_from
    ) as done;
    perform pipeline.finish_settling(
        p_as_of,
        v_plan.due_batches,
        v_done.waiting_batches,
        v_done.waiting_from,
        v_plan.merchant_ids,
        v_plan.settles_from,
        v_done.claimed_payments,
        v_done.payments_settled
    );
    return query
    select
        v_done.settlements_added,
        v_done.settlements_recomputed,
        v_done.payments_settled;
end;
$$;

comment on function pipeline.settle_payments(date) is
    'Settles SUCCESS payments of completed processing days, each once; returns settlements added and recomputed, and payments settled.';
