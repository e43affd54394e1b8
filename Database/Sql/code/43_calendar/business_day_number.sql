-- How many business days of a calendar there are from the beginning up to and with a day; differences count business days.
-- Grain: one value. Reads: settlement.calendar_exceptions. Called by: count_business_days, add_business_days.
create function pipeline.business_day_number(
    p_calendar text,
    p_day date
) returns int
language plpgsql
stable
parallel safe
as $$
declare
    v_shift int;
begin
    if p_calendar is not null then
        select exception.shift
        into v_shift
        from settlement.calendar_exceptions as exception
        where exception.calendar = p_calendar
            and exception.day <= p_day
        order by exception.day desc
        limit 1;
        if v_shift is null or p_day >= '2101-01-01' then
            perform pipeline.require_calendar(p_calendar, p_day);
        end if;
    end if;

    return pipeline.weekday_number(p_day) + coalesce(v_shift, 0);
end;
$$;

comment on function pipeline.business_day_number(text, date) is
    'Business days of a calendar up to and with the day, from an arbitrary beginning: only differences mean something.';
