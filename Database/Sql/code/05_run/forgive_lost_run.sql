-- Takes back what a run was charged for when the database went away under a worker that is still there.
-- Grain: one run. Reads: nothing. Called by: RunSlot, on its next connection.
create function pipeline.forgive_lost_run(
    p_run_id bigint,
    p_attempt int
) returns void
language sql
as $$
    -- Claimed since as a dead worker's: that claim has counted it.
    update ops.runs as run
    set lost_attempts = greatest(run.lost_attempts - 1, 0)
    where run.run_id = p_run_id
        and run.attempt = p_attempt + 1;

    update ops.runs as run
    set status = 'queued'
    where run.run_id = p_run_id
        and run.attempt = p_attempt
        and run.status = 'running';
$$;

comment on function pipeline.forgive_lost_run(bigint, int) is
    'Queues a run whose attempt lost the database again, or uncounts the take-over by a faster worker; nothing where it has ended.';
