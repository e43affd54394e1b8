-- The days from 1990 to 2100 on which calendars differ from Monday to Friday, numbered so that business days can be counted
-- and found by one probe of an index.
-- Grain: one day of one calendar. Reads: settlement.calendars, settlement.calendar_days. Called by: refresh_calendars.
create function pipeline.list_calendar_exceptions() returns table (
    calendar varchar,
    day date,
    is_business_day boolean,
    shift int,
    first_number int
)
language sql
stable
parallel safe
as $$
    with exception as (
        select
            calendar.calendar,
            said.day,
            said.is_business_day
        from settlement.calendars as calendar
        cross join lateral pipeline.list_calendar_days(
            calendar.calendar, '1990-01-01', '2101-01-01'
        ) as said
        where said.is_business_day <> (extract(isodow from said.day) < 6)
    ),
    shifted as (
        select
            exception.calendar,
            exception.day,
            exception.is_business_day,
            sum(case when exception.is_business_day then 1 else -1 end) over (
                partition by exception.calendar
                order by exception.day
            )::int as shift
        from exception
    )
    select
        shifted.calendar,
        shifted.day,
        shifted.is_business_day,
        shifted.shift,
        pipeline.weekday_number(shifted.day) + shifted.shift
            + case when shifted.is_business_day then 0 else 1 end as first_number
    from shifted;
$$;

comment on function pipeline.list_calendar_exceptions() is
    'What settlement.calendar_exceptions must hold, computed from rules and one-off days. Unordered.';
