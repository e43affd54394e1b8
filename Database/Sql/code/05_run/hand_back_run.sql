-- Puts a run back into the queue because its worker is shutting down.
-- Grain: one run. Reads: nothing. Called by: RunSlot.
create function pipeline.hand_back_run(
    p_run_id bigint,
    p_attempt int
) returns void
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.runs as run
    set status = 'queued'
    where run.run_id = p_run_id;
end;
$$;

comment on function pipeline.hand_back_run(bigint, int) is
    'Queues a run again at once, without counting a failure; PR001 unless the attempt still owns it.';
