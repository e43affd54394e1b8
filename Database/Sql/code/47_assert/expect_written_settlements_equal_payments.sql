-- Settlements written since the run began are the sums of their payments and of the adjustments that they carry.
-- Grain: one row; none where no settlement was written, or those written hold over 100,000 payments.
-- Reads: public.settlements, settlement_payments, settlement_adjustments, payments, rollup.archived_settlements.
-- Called by: evaluate_assertions.
create function pipeline.expect_written_settlements_equal_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with written as materialized (
        select
            settlement.settlement_id,
            settlement.total_amount,
            settlement.payment_count,
            settlement.adjustment_amount - settlement.reserve_amount - settlement.carried_amount
                as adjustment_amount,
            sum(settlement.payment_count) over () as payments_written
        from ops.runs as run
        inner join public.settlements as settlement on settlement.updated_at >= run.started_at
        where run.run_id = p_run_id
    ),
    -- Looked up settlement by settlement: joined as sets, the planner reads every payment for a handful of them.
    linked as (
        select
            written.settlement_id,
            written.total_amount,
            written.payment_count,
            written.adjustment_amount,
            own.total_amount + archived.total_amount as linked_amount,
            own.payment_count + archived.payment_count as linked_count,
            carried.amount as carried_amount
        from written
        cross join lateral (
            select
                coalesce(sum(payment.amount), 0) as total_amount,
                count(*) as payment_count
            from public.settlement_payments as link
            inner join public.payments as payment
                on payment.payment_id = link.payment_id
                and payment.transaction_date = link.transaction_date
            where link.settlement_id = written.settlement_id
        ) as own
        cross join lateral (
            select coalesce(sum(adjustment.amount), 0) as amount
            from public.settlement_adjustments as adjustment
            where adjustment.settlement_id = written.settlement_id
        ) as carried
        cross join lateral (
            select
                coalesce(sum(part.total_amount), 0) as total_amount,
                coalesce(sum(part.payment_count), 0) as payment_count
            from rollup.archived_settlements as part
            where part.settlement_id = written.settlement_id
        ) as archived
        where written.payments_written <= 100000
    ),
    judged as (
        select
            linked.settlement_id,
            linked.total_amount = linked.linked_amount
                and linked.payment_count = linked.linked_count
                and linked.adjustment_amount = linked.carried_amount as holds
        from linked
    )
    select
        'error' as severity,
        bool_and(judged.holds) as holds,
        concat(
            count(*) filter (where not judged.holds), ' settlements of other payments'
        ) as observed,
        '0 settlements of other payments' as expected,
        concat(
            'for example ', min(judged.settlement_id) filter (where not judged.holds)
        ) as detail
    from judged
    having count(*) > 0;
$$;

comment on function pipeline.expect_written_settlements_equal_payments(bigint, timestamptz) is
    'Total and count of each settlement written since the run began are those of its payments, its adjustment is that of what it carries.';
