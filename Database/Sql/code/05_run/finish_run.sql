-- Ends a run: succeeded with its result, or failed with its error; an unfinished import of a failed run fails with it.
-- Those who wait for the run hear of it when this commits.
-- Grain: one run. Reads: nothing. Called by: RunSlot.
create function pipeline.finish_run(
    p_run_id bigint,
    p_attempt int,
    p_result jsonb,
    p_error text
) returns void
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.runs as run
    set
        status = case when p_error is null then 'succeeded' else 'failed' end,
        finished_at = clock_timestamp(),
        result = p_result,
        error = p_error
    where run.run_id = p_run_id;

    update ops.imports as import
    set
        status = 'failed',
        finished_at = clock_timestamp(),
        error = p_error
    where import.run_id = p_run_id
        and import.status in ('queued', 'running')
        and p_error is not null;

    perform pg_notify('payments_runs_ended', p_run_id::text);
end;
$$;

comment on function pipeline.finish_run(bigint, int, jsonb, text) is
    'Ends a run with its result or, when an error is given, as failed; PR001 unless the attempt still owns it.';
