-- Gives up the session's lock on the run that it claimed, and only then wakes the workers that may claim it again.
-- Grain: one session. Reads: nothing. Called by: RunSlot, after an attempt has ended.
create function pipeline.release_run() returns void
language plpgsql
as $$
begin
    perform pg_advisory_unlock_all();
    perform pg_notify('payments_runs', '');
end;
$$;

comment on function pipeline.release_run() is
    'Gives up the calling session''s lock on its run and wakes the workers.';
