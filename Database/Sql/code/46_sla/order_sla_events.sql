-- Makes this transaction the only one that writes steps of incidents, until it ends: their ids are then in the order of commits.
-- Grain: none. Reads: nothing. Called by: whatever changes incidents, before it locks any of them.
--
-- A sender of notifications goes on behind the last id that it has seen; one that committed later must not have a lower one.
create function pipeline.order_sla_events() returns void
language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('sla_events'));
    notify sla_events;
end;
$$;

comment on function pipeline.order_sla_events() is
    'Takes the lock under which steps of incidents are numbered, and tells the channel sla_events when the transaction commits.';
