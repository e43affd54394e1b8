-- Refuses an unknown calendar, and days for which calendars are not kept: an answer without holidays would look right.
-- Grain: none. Reads: settlement.calendars. Called by: is_business_day, business_day_number, add_business_days.
create function pipeline.require_calendar(
    p_calendar text,
    p_day date
) returns void
language plpgsql
stable
parallel safe
as $$
begin
    if p_day < '1990-01-01' or p_day >= '2101-01-01' then
        raise exception 'business days of calendars are known from 1990-01-01 to 2100-12-31, not for %', p_day
            using errcode = 'datetime_field_overflow';
    end if;

    if not exists (
        select
        from settlement.calendars as calendar
        where calendar.calendar = p_calendar
    ) then
        raise exception 'there is no calendar %', p_calendar
            using errcode = 'undefined_object';
    end if;
end;
$$;

comment on function pipeline.require_calendar(text, date) is
    'Raises an error for an unknown calendar and for a day outside 1990 to 2100.';
