-- The business day that many business days after a day: two probes of an index, however many days.
-- From a closed day, 1 is the next business day and -1 the one before; 0 is the day itself if open, else the next one.
-- Grain: one value; null where a day or a number of days is null. Reads: settlement.calendar_exceptions.
-- Called by: expected dates of settlements.
create function pipeline.add_business_days(
    p_calendar text,
    p_day date,
    p_days int
) returns date
language plpgsql
stable
parallel safe
as $$
declare
    v_number constant int := case
        when p_days > 0 then pipeline.business_day_number(p_calendar, p_day) + p_days
        else pipeline.business_day_number(p_calendar, p_day - 1) + 1 + p_days
    end;
    v_exception_day date;
    v_shift int;
    v_answer date;
begin
    if p_calendar is null then
        return pipeline.weekday_at(v_number);
    end if;

    select
        exception.day,
        exception.shift
    into
        v_exception_day,
        v_shift
    from settlement.calendar_exceptions as exception
    where exception.calendar = p_calendar
        and exception.first_number <= v_number
    order by
        exception.first_number desc,
        exception.day desc
    limit 1;

    -- Greatest: where the day wanted is an open Saturday or Sunday, its number is that of no Monday to Friday.
    v_answer := greatest(v_exception_day, pipeline.weekday_at(v_number - coalesce(v_shift, 0)));
    if v_exception_day is null or v_answer >= '2101-01-01' then
        perform pipeline.require_calendar(p_calendar, v_answer);
    end if;

    return v_answer;
end;
$$;

comment on function pipeline.add_business_days(text, date, int) is
    'The business day so many business days after the day (before it, if negative); 0: the day itself if open, else the next open one. Without a calendar, Mondays to Fridays are open.';
