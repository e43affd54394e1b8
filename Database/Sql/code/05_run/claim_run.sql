-- Claims the next due run for the calling session: a queued one, or a running one whose worker's session is gone.
-- Grain: at most one run. Reads: ops.runs. Called by: RunSlot, on the connection that stays open for the whole run.
--
-- The session keeps an advisory lock on the run. A dead worker's lock is free, so its run is claimed again at once;
-- the new attempt number fences the old worker out of every transaction that asserts its ownership.
create function pipeline.claim_run(
    p_worker text
) returns table (
    run_id bigint,
    kind varchar,
    attempt int,
    failed_attempts int,
    lost_attempts int,
    parameters jsonb,
    requested_by varchar,
    trace_parent varchar,
    taken_over boolean
)
language plpgsql
as $$
declare
    v_due record;
begin
    for v_due in
        select
            run.run_id,
            run.attempt
        from ops.runs as run
        where run.status in ('queued', 'running')
            and run.not_before <= clock_timestamp()
        order by run.not_before, run.run_id
    loop
        continue when not pg_try_advisory_lock(pipeline.lock_key('run'), pipeline.run_lock_key(v_due.run_id));

        -- Under the lock the row is read again: it may have been claimed and ended since. A row that is locked belongs
        -- to a dead worker's last statement: its turn comes when the server has noticed.
        return query
            with claimed as (
                select
                    run.run_id,
                    run.status = 'running' as is_lost
                from ops.runs as run
                where run.run_id = v_due.run_id
                    and run.attempt = v_due.attempt
                    and run.status in ('queued', 'running')
                for update skip locked
            ),
            lost_steps as (
                update ops.run_steps as step
                set
                    status = 'failed',
                    finished_at = clock_timestamp(),
                    error = 'the worker was lost'
                from claimed
                where step.run_id = claimed.run_id
                    and step.status = 'running'
            )
            update ops.runs as run
            set
                status = 'running',
                attempt = run.attempt + 1,
                lost_attempts = run.lost_attempts + claimed.is_lost::int,
                started_at = coalesce(run.started_at, clock_timestamp()),
                worker = p_worker
            from claimed
            where run.run_id = claimed.run_id
            returning
                run.run_id,
                run.kind,
                run.attempt,
                run.failed_attempts,
                run.lost_attempts,
                run.parameters,
                run.requested_by,
                run.trace_parent,
                claimed.is_lost;
        if found then
            return;
        end if;

        perform pg_advisory_unlock(pipeline.lock_key('run'), pipeline.run_lock_key(v_due.run_id));
    end loop;
end;
$$;

comment on function pipeline.claim_run(text) is
    'Claims the next due run and leaves the session holding its advisory lock; no row when nothing is due.';
