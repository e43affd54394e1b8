-- Calendars of business days.
-- Grain: one calendar. Reads: settlement.calendars, settlement.calendar_days. Called by: GET /api/calendars,
-- GET /api/calendars/{code}.
create function pipeline.list_calendars() returns table (
    calendar varchar,
    calendar_name varchar,
    rule varchar,
    is_published boolean,
    source varchar,
    author varchar,
    created_at timestamptz,
    one_off_days bigint
)
language sql
stable
parallel safe
as $$
    select
        calendar.calendar,
        calendar.calendar_name,
        calendar.rule,
        calendar.is_published,
        calendar.source,
        calendar.author,
        calendar.created_at,
        (
            select count(*)
            from settlement.calendar_days as one_off
            where one_off.calendar = calendar.calendar
        ) as one_off_days
    from settlement.calendars as calendar;
$$;

comment on function pipeline.list_calendars() is
    'Calendars with the number of one-off days of their own. Unordered: the caller pages by calendar.';
