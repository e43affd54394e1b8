-- Rollups, payment keys and references equal the base tables, all of them.
-- Grain: one row. Reads: find_rollup_differences. Called by: evaluate_assertions.
create function pipeline.prove_rollups_equal_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with difference as (
        select
            found.subject,
            count(*) as found
        from pipeline.find_rollup_differences() as found
        where found.subject <> 'public.settlements'
        group by found.subject
    )
    select
        'error' as severity,
        count(*) = 0 as holds,
        concat(coalesce(sum(difference.found), 0), ' differences') as observed,
        '0 differences' as expected,
        string_agg(
            format('%s: %s', difference.subject, difference.found), ', ' order by difference.subject
        ) as detail
    from difference;
$$;

comment on function pipeline.prove_rollups_equal_payments(bigint, timestamptz) is
    'Every rollup and every payment key equals what the payments say, and every payment is of a known customer and merchant.';
