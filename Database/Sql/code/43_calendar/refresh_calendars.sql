-- Brings settlement.calendar_exceptions up to date with rules and one-off days, from 1990 to 2100; writes only what differs.
-- Grain: one value, the rows changed. Reads: settlement.calendars, settlement.calendar_days.
-- Called by: the migrator, at every deploy (a rule may have changed), create_calendar, add_calendar_day, remove_calendar_day.
create function pipeline.refresh_calendars() returns bigint
language plpgsql
as $$
declare
    v_deleted bigint;
    v_written bigint;
begin
    -- Writers take turns: each counts what the one before has said.
    lock table settlement.calendar_exceptions in share row exclusive mode;

    delete from settlement.calendar_exceptions as kept
    where not exists (
        select
        from pipeline.list_calendar_exceptions() as exception
        where exception.calendar = kept.calendar
            and exception.day = kept.day
    );
    get diagnostics v_deleted = row_count;

    insert into settlement.calendar_exceptions as kept (
        calendar,
        day,
        is_business_day,
        shift,
        first_number
    )
    select
        exception.calendar,
        exception.day,
        exception.is_business_day,
        exception.shift,
        exception.first_number
    from pipeline.list_calendar_exceptions() as exception
    on conflict (calendar, day) do update
    set
        is_business_day = excluded.is_business_day,
        shift = excluded.shift,
        first_number = excluded.first_number
    where (kept.is_business_day, kept.shift, kept.first_number)
        is distinct from (excluded.is_business_day, excluded.shift, excluded.first_number);
    get diagnostics v_written = row_count;
    return v_deleted + v_written;
end;
$$;

comment on function pipeline.refresh_calendars() is
    'Computes anew on which days from 1990 to 2100 calendars differ from Monday to Friday; returns the rows changed.';
