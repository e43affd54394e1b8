-- Puts a run whose attempt met a fault that may pass back into the queue, to be tried again later.
-- Grain: one run. Reads: nothing. Called by: RunSlot.
create function pipeline.retry_run(
    p_run_id bigint,
    p_attempt int,
    p_delay interval,
    p_error text,
    p_is_counted boolean
) returns void
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.runs as run
    set
        status = 'queued',
        failed_attempts = run.failed_attempts + p_is_counted::int,
        not_before = clock_timestamp() + p_delay,
        error = p_error
    where run.run_id = p_run_id;
end;
$$;

comment on function pipeline.retry_run(bigint, int, interval, text, boolean) is
    'Queues a run again after a delay and keeps the fault that made it necessary; a counted one brings it nearer to its end; PR001 unless the attempt still owns it.';
