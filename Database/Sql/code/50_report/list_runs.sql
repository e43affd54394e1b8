-- Runs of a kind and a status, either of which may be left open.
-- Grain: one run. Reads: ops.runs, ops.assertion_results. Called by: GET /api/etl/runs, GET /api/etl/runs/{id}.
create function pipeline.list_runs(
    p_kind text,
    p_status text
) returns table (
    run_id bigint,
    kind varchar,
    status varchar,
    requested_by varchar,
    attempt int,
    requested_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    duration_ms bigint,
    result jsonb,
    error text,
    assertions_failed bigint
)
language sql
stable
parallel safe
as $$
    select
        run.run_id,
        run.kind,
        run.status,
        run.requested_by,
        run.attempt,
        run.requested_at,
        run.started_at,
        run.finished_at,
        (extract(epoch from run.finished_at - run.started_at) * 1000)::bigint as duration_ms,
        run.result,
        run.error,
        (
            select nullif(count(*), 0) - count(*) filter (where result.status <> 'failed')
            from ops.assertion_results as result
            where result.run_id = run.run_id
        ) as assertions_failed
    from ops.runs as run
    where (p_kind is null or run.kind = p_kind)
        and (p_status is null or run.status = p_status);
$$;

comment on function pipeline.list_runs(text, text) is
    'Runs of a kind and a status; null leaves either open. Unordered: the caller pages by run_id.';
