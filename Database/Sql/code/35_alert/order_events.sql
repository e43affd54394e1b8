-- Makes this transaction the only one that writes events, until it ends: ids are then in the order of commits.
-- Grain: none. Reads: nothing. Called by: whatever is about to insert into risk.events, last in its transaction.
--
-- A reader of the feed goes on behind the last id that it has seen; one that committed later must not have a lower id.
-- Nothing that others may hold is taken after this lock, so that nobody waits in a circle.
create function pipeline.order_events() returns void
language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('events'));
    notify risk_events;
end;
$$;

comment on function pipeline.order_events() is
    'Takes the lock under which events are numbered, and wakes the feeds when the transaction commits.';
