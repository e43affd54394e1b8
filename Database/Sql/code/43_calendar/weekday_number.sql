-- How many Mondays to Fridays there are from 1 January of the year 1, a Monday, up to and with a day.
-- Grain: one value. Reads: nothing. Called by: refresh_calendars, is_business_day, add_business_days, count_business_days.
create function pipeline.weekday_number(
    p_day date
) returns int
language sql
immutable
parallel safe
as $$
    select
        (p_day - '0001-01-01'::date) / 7 * 5
        + least((p_day - '0001-01-01'::date) % 7 + 1, 5);
$$;

comment on function pipeline.weekday_number(date) is
    'Mondays to Fridays from 1 January of the year 1 up to and with the day.';
