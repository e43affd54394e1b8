-- Makes a calendar of one's own, with the holidays of a rule or none.
-- Grain: one value, true; null, and nothing done, where there is one of this code.
-- Reads: settlement.calendars. Called by: POST /api/calendars.
create function pipeline.create_calendar(
    p_calendar text,
    p_calendar_name text,
    p_rule text,
    p_source text,
    p_note text,
    p_author text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_calendar settlement.calendars;
begin
    insert into settlement.calendars (
        calendar,
        calendar_name,
        rule,
        source,
        author,
        created_at
    )
    values (
        p_calendar,
        p_calendar_name,
        p_rule,
        p_source,
        left(p_author, 100),
        p_now
    )
    on conflict do nothing
    returning * into v_calendar;
    if v_calendar.calendar is null then
        return null;
    end if;

    perform pipeline.refresh_calendars();
    perform pipeline.write_change(
        'calendar',
        p_calendar,
        'created',
        p_author,
        p_note,
        null,
        to_jsonb(v_calendar),
        p_now
    );
    return true;
end;
$$;

comment on function pipeline.create_calendar(text, text, text, text, text, text, timestamptz) is
    'Makes a calendar and writes it down; true, or null, and nothing done, where there is one of this code.';
