-- Settlements, their links and the payments agree, all of them.
-- Grain: one row. Reads: check_settlements. Called by: evaluate_assertions.
create function pipeline.prove_settlements_equal_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with difference as (
        select
            wrong.difference,
            count(*) as found
        from pipeline.check_settlements() as wrong
        group by wrong.difference
    )
    select
        'error' as severity,
        count(*) = 0 as holds,
        concat(coalesce(sum(difference.found), 0), ' differences') as observed,
        '0 differences' as expected,
        string_agg(
            format('%s: %s', difference.difference, difference.found), ', '
            order by difference.difference
        ) as detail
    from difference;
$$;

comment on function pipeline.prove_settlements_equal_payments(bigint, timestamptz) is
    'Every settlement is the sum of its payments, and every payment due is settled once.';
