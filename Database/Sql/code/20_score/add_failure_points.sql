-- Adds the 25 points of customers who keep failing to a scored batch.
-- Grain: one value, the payments that got them. Reads: staging.scored_payments, public.payments.
-- Called by: ScoreStage, once the batch before is committed: its failures count.
--
-- Three or more failed payments of the customer in the 24 hours before a payment (in time, then id order), the
-- store's and this batch's. Apart from the other rules (score_payments), because only this one waits.
create function pipeline.add_failure_points(
    p_lane smallint
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set enable_nestloop = on
set jit = off
as $$
declare
    v_since timestamptz;
    v_until timestamptz;
    v_scored bigint;
    v_failing bigint;
begin
    -- Known before the next statement is planned: it then meets only the partitions that it needs.
    select
        min(scored.transaction_date) - interval '24 hours',
        max(scored.transaction_date),
        count(*)
    into
        v_since,
        v_until,
        v_scored
    from staging.scored_payments as scored
    where scored.lane = p_lane;

    -- The planner knows nothing of how many customers a lane has, and expects a few. Where they are many, the failures of the
    -- time are read at once, not customer by customer and month by month. (Until the function ends: see its settings.)
    if v_scored > 10000 then
        set local enable_nestloop = off;
    end if;

    with failures as materialized (
        select
            earlier.customer_id,
            earlier.transaction_date,
            earlier.payment_id
        from public.payments as earlier
        where earlier.transaction_date >= v_since
            and earlier.transaction_date <= v_until
            and earlier.payment_status = 'FAILED'
            and earlier.customer_id in (
                select scored.customer_id
                from staging.scored_payments as scored
                where scored.lane = p_lane
            )
        union all
        select
            scored.customer_id,
            scored.transaction_date,
            scored.payment_id
        from staging.scored_payments as scored
        where scored.lane = p_lane
            and scored.payment_status = 'FAILED'
    ),
    often_failing as materialized (
        select
            failures.customer_id,
            array_agg(failures.transaction_date order by failures.transaction_date) as failed_at,
            array_agg(failures.payment_id order by failures.transaction_date) as failed_ids
        from failures
        group by failures.customer_id
        having count(*) >= 3
    )
    update staging.scored_payments as scored
    set risk_score = least(100, scored.risk_score + 25)
    from often_failing
    where scored.lane = p_lane
        and scored.customer_id = often_failing.customer_id
        and (
            select count(*)
            from unnest(often_failing.failed_at, often_failing.failed_ids) as failed (at, id)
            where failed.at >= scored.transaction_date - interval '24 hours'
                and (failed.at, failed.id) < (scored.transaction_date, scored.payment_id)
        ) >= 3;
    get diagnostics v_failing = row_count;
    return v_failing;
end;
$$;

comment on function pipeline.add_failure_points(smallint) is
    'Adds 25 points (at most 100 in all) to the scored payments of a lane whose customer failed three times or more in the 24 hours before, and returns their number.';
