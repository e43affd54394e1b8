-- A report that takes as long as it is told to, as one without its index would.
-- Grain: one row. Reads: vw_merchant_performance. Called by: SlowQuery, where simulations are on.
create function pipeline.simulate_slow_report(
    p_duration interval
) returns table (merchants bigint)
language sql
as $$
    select count(*) as merchants
    from public.vw_merchant_performance as merchant
    cross join (
        select pg_sleep(extract(epoch from p_duration))::text as slept
    ) as pause
    where pause.slept is not null;
$$;

comment on function pipeline.simulate_slow_report(interval) is
    'Counts the merchants of a report, as slowly as it is told to.';
