-- Says that a step of a reconciliation is done, in the step's transaction.
-- Grain: none. Reads: reconciliation.runs. Called by: ReconcileStage.
create function pipeline.advance_reconciliation(
    p_run_id bigint,
    p_steps_done int,
    p_finished_at timestamptz
) returns void
language sql
as $$
    update reconciliation.runs as run
    set
        steps_done = greatest(run.steps_done, p_steps_done),
        finished_at = p_finished_at
    where run.run_id = p_run_id;

    -- A run that gets on is none to give up.
    update ops.runs as run
    set
        failed_attempts = 0,
        lost_attempts = 0
    where run.run_id = p_run_id
        and (run.failed_attempts > 0 or run.lost_attempts > 0);
$$;

comment on function pipeline.advance_reconciliation(bigint, int, timestamptz) is
    'Keeps how far a reconciliation has come.';
