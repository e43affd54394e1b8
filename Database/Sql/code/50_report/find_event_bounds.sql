-- From where to where the feed can be read.
-- Grain: one row. Reads: risk.event_sweeps, risk.events, the sequence of its ids. Called by: GET /api/feed.
create function pipeline.find_event_bounds() returns table (
    swept_through bigint,
    newest bigint,
    numbered_through bigint
)
language sql
stable
as $$
    select
        known.swept_through,
        coalesce(
            (
                select max(event.event_id)
                from risk.events as event
            ),
            known.swept_through
        ) as newest,
        coalesce(
            pg_sequence_last_value(pg_get_serial_sequence('risk.events', 'event_id')::regclass), 0
        ) as numbered_through
    from risk.event_sweeps as known;
$$;

comment on function pipeline.find_event_bounds() is
    'Up to which id events have been cleared away, the newest that can be seen, and the highest id that was ever given.';
