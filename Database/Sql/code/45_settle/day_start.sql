-- The instant at which a UTC day begins, whatever the session's time zone.
-- Grain: one value. Reads: nothing. Called by: gather_unsettled, check_settlements.
create function pipeline.day_start(
    p_day date
) returns timestamptz
language sql
immutable
parallel safe
as $$
    select p_day::timestamp at time zone 'UTC';
$$;

comment on function pipeline.day_start(date) is 'The instant at which a UTC day begins.';
