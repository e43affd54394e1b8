-- What the assertions found at the end of a run.
-- Grain: one assertion. Reads: ops.assertion_results, list_assertions. Called by: GET /api/etl/runs/{id}.
create function pipeline.list_run_assertions(
    p_run_id bigint
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
        result.assertion,
        result.severity,
        result.status,
        result.observed,
        result.expected,
        result.detail,
        listed.description,
        result.run_id,
        result.checked_at
    from ops.assertion_results as result
    left join pipeline.list_assertions() as listed on listed.assertion = result.assertion
    where result.run_id = p_run_id;
$$;

comment on function pipeline.list_run_assertions(bigint) is
    'What the assertions found at the end of a run. Unordered: the caller orders by assertion.';
