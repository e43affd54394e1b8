-- Marks, incidents and steps say what the settlements' dates and the policies say, all of them, as of the last SLA check.
-- Grain: one row; none before the first check. Reads: list_sla_differences, sla.checks. Called by: evaluate_assertions.
--
-- A quarter of an hour is more than a transaction takes that began before the check and ended after it.
create function pipeline.prove_sla_incidents_equal_settlements(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
as $$
    with difference as (
        select
            wrong.difference,
            count(*) as found
        from pipeline.list_sla_differences(interval '15 minutes') as wrong
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
    from difference
    having exists (
        select
        from sla.checks as last_check
    );
$$;

comment on function pipeline.prove_sla_incidents_equal_settlements(bigint, timestamptz) is
    'Every late settlement has one incident with its steps and the right penalty, as of the last SLA check.';
