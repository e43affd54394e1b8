-- Runs a failed run again, from its last good step: an import goes on behind its last whole batch.
-- Grain: one row. Reads: ops.runs. Called by: POST /api/etl/runs/{id}/retry.
create function pipeline.requeue_run(
    p_run_id bigint,
    out is_queued boolean,
    out status varchar,
    out active_run_id bigint
)
language plpgsql
as $$
begin
    select run.status
    into requeue_run.status
    from ops.runs as run
    where run.run_id = p_run_id
    for update;

    is_queued := coalesce(requeue_run.status = 'failed', false);
    if not is_queued then
        return;
    end if;

    update ops.runs as run
    set
        status = 'queued',
        failed_attempts = 0,
        lost_attempts = 0,
        not_before = clock_timestamp(),
        finished_at = null
    where run.run_id = p_run_id;

    update ops.imports as import
    set
        status = 'queued',
        finished_at = null,
        error = null
    where import.run_id = p_run_id
        and import.status = 'failed';

    perform pg_notify('payments_runs', p_run_id::text);
exception
    when unique_violation then
        -- Of every kind but import one is active at a time.
        is_queued := false;
        select active.run_id
        into active_run_id
        from ops.runs as run
        inner join ops.runs as active
            on active.kind = run.kind
            and active.status in ('queued', 'running')
        where run.run_id = p_run_id;
end;
$$;

comment on function pipeline.requeue_run(bigint) is
    'Queues a failed run again with all its attempts; otherwise its status (null: unknown) and, when another run of its kind is active, that one.';
