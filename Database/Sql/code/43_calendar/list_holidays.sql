-- The holidays of a calendar, those on a weekend too.
-- Grain: one closed day, within p_from (included) to p_until (not included). Reads: settlement.calendars,
-- settlement.calendar_days. Called by: GET /api/calendars/{code}, and whoever wants to know why a day is closed.
create function pipeline.list_holidays(
    p_calendar text,
    p_from date,
    p_until date
) returns table (
    day date,
    name varchar,
    is_one_off boolean,
    is_substitute boolean
)
language sql
stable
parallel safe
as $$
    select
        said.day,
        said.name,
        said.is_one_off,
        said.is_substitute
    from pipeline.list_calendar_days(p_calendar, p_from, p_until) as said
    where not said.is_business_day;
$$;

comment on function pipeline.list_holidays(text, date, date) is
    'Holidays of a calendar, computed for any year, and its one-off closed days; none for an unknown or null calendar. Unordered.';
