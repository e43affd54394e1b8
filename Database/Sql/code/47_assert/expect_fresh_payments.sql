-- Fresh: there are payments of today or of yesterday.
-- Grain: one row; none while there are no payments. Reads: rollup.day_totals. Called by: evaluate_assertions.
create function pipeline.expect_fresh_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with newest as (
        select max(day.payment_date) as payment_date
        from rollup.day_totals as day
    )
    select
        'warning' as severity,
        newest.payment_date >= (p_now at time zone 'UTC')::date - 1 as holds,
        newest.payment_date::text as observed,
        concat('from ', (p_now at time zone 'UTC')::date - 1) as expected,
        'The UTC day of the newest payment is further back.' as detail
    from newest
    where newest.payment_date is not null;
$$;

comment on function pipeline.expect_fresh_payments(bigint, timestamptz) is
    'The newest payment is of today or yesterday (UTC).';
