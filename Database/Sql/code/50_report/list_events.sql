-- Events behind one that a reader has seen.
-- Grain: one event, in order. Reads: risk.events. Called by: GET /api/feed.
create function pipeline.list_events(
    p_after bigint,
    p_limit int
) returns table (
    event_id bigint,
    kind varchar,
    payload text
)
language sql
stable
parallel safe
as $$
    select
        event.event_id,
        event.kind,
        event.payload::text as payload
    from risk.events as event
    where event.event_id > p_after
    order by event.event_id
    limit p_limit;
$$;

comment on function pipeline.list_events(bigint, int) is
    'The next events behind an id, in their order.';
