-- Whether a day is a business day of a calendar.
-- Grain: one value; null for a null day. Reads: settlement.calendar_exceptions.
-- Called by: whoever asks for one day; add_business_days and count_business_days answer for many.
create function pipeline.is_business_day(
    p_calendar text,
    p_day date
) returns boolean
language plpgsql
stable
parallel safe
as $$
declare
    v_day date;
    v_is_business_day boolean;
begin
    if p_calendar is not null then
        select
            exception.day,
            exception.is_business_day
        into
            v_day,
            v_is_business_day
        from settlement.calendar_exceptions as exception
        where exception.calendar = p_calendar
            and exception.day <= p_day
        order by exception.day desc
        limit 1;
        if v_day is null or p_day >= '2101-01-01' then
            perform pipeline.require_calendar(p_calendar, p_day);
        end if;
    end if;

    return case
        when v_day = p_day then v_is_business_day
        else extract(isodow from p_day) < 6
    end;
end;
$$;

comment on function pipeline.is_business_day(text, date) is
    'Whether the day is a business day of the calendar; without a calendar, every Monday to Friday is.';
