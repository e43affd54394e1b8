-- What each assertion found last, by severity and status, either of which may be left open.
-- Grain: one assertion that was ever evaluated. Reads: ops.assertion_results, list_assertions.
-- Called by: GET /api/assertions.
create function pipeline.list_latest_assertions(
    p_severity text,
    p_status text
) returns table (
    assertion varchar,
    severity varchar,
    status varchar,
    observed text,
    expected text,
    detail text,
    description text,
    run_id bigint,
    checked_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        listed.assertion,
        latest.severity,
        latest.status,
        latest.observed,
        latest.expected,
        latest.detail,
        listed.description,
        latest.run_id,
        latest.checked_at
    from pipeline.list_assertions() as listed
    cross join lateral (
        select
            result.severity,
            result.status,
            result.observed,
            result.expected,
            result.detail,
            result.run_id,
            result.checked_at
        from ops.assertion_results as result
        where result.assertion = listed.assertion
        order by
            result.checked_at desc,
            result.run_id desc
        limit 1
    ) as latest
    where (p_severity is null or latest.severity = p_severity)
        and (p_status is null or latest.status = p_status);
$$;

comment on function pipeline.list_latest_assertions(text, text) is
    'The latest result of each assertion; null leaves severity or status open. Unordered: the caller orders by assertion.';
