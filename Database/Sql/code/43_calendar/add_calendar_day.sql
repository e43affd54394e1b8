-- Declares a one-off day of a calendar. The next settle run computes the expected dates of PENDING settlements by it.
-- Grain: one value, true; null, and nothing done, where the day is declared already.
-- Reads: settlement.calendar_days. Called by: POST /api/calendars/{code}/days.
create function pipeline.add_calendar_day(
    p_calendar text,
    p_day date,
    p_is_business_day boolean,
    p_name text,
    p_source text,
    p_note text,
    p_author text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_day settlement.calendar_days;
begin
    insert into settlement.calendar_days (
        calendar,
        day,
        is_business_day,
        name,
        source,
        author,
        created_at
    )
    values (
        p_calendar,
        p_day,
        p_is_business_day,
        p_name,
        p_source,
        left(p_author, 100),
        p_now
    )
    on conflict do nothing
    returning * into v_day;
    if v_day.calendar is null then
        return null;
    end if;

    perform pipeline.refresh_calendars();
    perform pipeline.write_change(
        'calendar_day',
        p_calendar || '/' || to_char(p_day, 'YYYY-MM-DD'),
        'created',
        p_author,
        p_note,
        null,
        to_jsonb(v_day),
        p_now
    );
    return true;
end;
$$;

comment on function pipeline.add_calendar_day(
    text, date, boolean, text, text, text, text, timestamptz
) is
    'Declares a one-off day, brings calendar_exceptions up to date and writes it down; true, or null, and nothing done, where the day is declared already.';
