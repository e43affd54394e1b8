-- Steps of a run, every attempt's.
-- Grain: one step. Reads: ops.run_steps. Called by: GET /api/etl/runs/{id}.
create function pipeline.list_run_steps(
    p_run_id bigint
) returns table (
    attempt int,
    step_number int,
    stage varchar,
    status varchar,
    rows_in bigint,
    rows_out bigint,
    started_at timestamptz,
    finished_at timestamptz,
    duration_ms bigint,
    error text
)
language sql
stable
parallel safe
as $$
    select
        step.attempt,
        step.step_number,
        step.stage,
        step.status,
        step.rows_in,
        step.rows_out,
        step.started_at,
        step.finished_at,
        step.duration_ms,
        step.error
    from ops.run_steps as step
    where step.run_id = p_run_id;
$$;

comment on function pipeline.list_run_steps(bigint) is
    'Steps of a run with their counts, durations and errors. Unordered: the caller orders by attempt and step_number.';
