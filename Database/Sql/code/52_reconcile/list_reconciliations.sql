-- Reconciliations with what they were asked for and how far they are.
-- Grain: one run. Reads: reconciliation.runs, ops.runs.
-- Called by: GET /api/reconciliation/runs, GET /api/reconciliation/runs/{id}.
create function pipeline.list_reconciliations() returns table (
    run_id bigint,
    status varchar,
    dry_run boolean,
    level varchar,
    from_day date,
    to_day date,
    as_of date,
    lines_expected bigint,
    lines_done bigint,
    steps_done int,
    started_at timestamptz,
    finished_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        reconciled.run_id,
        run.status,
        reconciled.is_dry_run as dry_run,
        reconciled.level,
        reconciled.from_day,
        reconciled.to_day,
        reconciled.as_of,
        reconciled.lines_expected,
        reconciled.lines_done,
        reconciled.steps_done,
        reconciled.started_at,
        reconciled.finished_at
    from reconciliation.runs as reconciled
    inner join ops.runs as run
        on run.run_id = reconciled.run_id;
$$;

comment on function pipeline.list_reconciliations() is
    'Reconciliations and their progress. Unordered: the caller pages by run_id.';
