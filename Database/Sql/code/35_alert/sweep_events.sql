-- Clears away events that the feed need not tell any more: old ones, and all but so many of the newest.
-- Grain: one value, the events. Reads: risk.events. Called by: ExpireStage.
create function pipeline.sweep_events(
    p_before timestamptz,
    p_kept bigint
) returns bigint
language plpgsql
as $$
declare
    v_through bigint;
    v_swept bigint;
begin
    -- Ids and instants rise together: the first that is young enough ends the search.
    select greatest(
        coalesce(
            (
                select young.event_id
                from risk.events as young
                where young.created_at >= p_before
                order by young.event_id
                limit 1
            ),
            max(event.event_id) + 1
        ),
        max(event.event_id) + 1 - p_kept
    ) - 1
    into v_through
    from risk.events as event;

    delete from risk.events as event
    where event.event_id <= v_through;
    get diagnostics v_swept = row_count;
    if v_swept > 0 then
        update risk.event_sweeps as known
        set swept_through = greatest(known.swept_through, v_through);
    end if;
    return v_swept;
end;
$$;

comment on function pipeline.sweep_events(timestamptz, bigint) is
    'Deletes events from before an instant and all but the newest so many, remembers up to which, and returns how many.';
