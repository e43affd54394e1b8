-- One run as its requester sees it.
-- Grain: one run. Reads: ops.runs. Called by: RunQueue.
create function pipeline.find_run(
    p_run_id bigint
) returns table (
    run_id bigint,
    kind varchar,
    requested_by varchar,
    status varchar,
    attempt int,
    requested_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    result jsonb,
    error text
)
language sql
stable
parallel safe
as $$
    select
        run.run_id,
        run.kind,
        run.requested_by,
        run.status,
        run.attempt,
        run.requested_at,
        run.started_at,
        run.finished_at,
        run.result,
        run.error
    from ops.runs as run
    where run.run_id = p_run_id;
$$;

comment on function pipeline.find_run(bigint) is 'One run as its requester sees it; no row when there is none.';
