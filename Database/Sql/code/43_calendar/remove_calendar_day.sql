-- Takes a one-off day of a calendar back: rule and weekend hold again.
-- Grain: one row, the day as it was; none where no such day is declared.
-- Reads: settlement.calendar_days. Called by: DELETE /api/calendars/{code}/days/{day}.
create function pipeline.remove_calendar_day(
    p_calendar text,
    p_day date,
    p_by text,
    p_now timestamptz
) returns table (
    day date,
    is_business_day boolean,
    name varchar,
    is_one_off boolean,
    is_substitute boolean,
    source varchar
)
language plpgsql
as $$
declare
    v_day settlement.calendar_days;
begin
    delete from settlement.calendar_days as one_off
    where one_off.calendar = p_calendar
        and one_off.day = p_day
    returning one_off.* into v_day;
    if v_day.calendar is null then
        return;
    end if;

    perform pipeline.refresh_calendars();
    perform pipeline.write_change(
        'calendar_day',
        p_calendar || '/' || to_char(p_day, 'YYYY-MM-DD'),
        'removed',
        p_by,
        null,
        to_jsonb(v_day),
        null,
        p_now
    );
    return query
    select
        v_day.day,
        v_day.is_business_day,
        v_day.name,
        true,
        false,
        v_day.source;
end;
$$;

comment on function pipeline.remove_calendar_day(text, date, text, timestamptz) is
    'Takes a one-off day back, brings calendar_exceptions up to date and writes it down; returns it as it was, no row where no such day is declared.';
