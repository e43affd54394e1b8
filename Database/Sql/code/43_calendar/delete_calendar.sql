-- Deletes a calendar of one's own that no terms use, and none ever did.
-- Grain: one row; none where there is no such calendar. Reads: settlement.calendars, settlement.terms.
-- Called by: DELETE /api/calendars/{code}.
--
-- Terms keep the calendar that they had, also when they have ended: expected dates of their days are counted by it.
create function pipeline.delete_calendar(
    p_calendar text,
    p_by text,
    p_now timestamptz
) returns table (
    is_done boolean,
    is_published boolean,
    terms_ids bigint[],
    merchant_ids text[]
)
language plpgsql
as $$
declare
    v_calendar settlement.calendars;
    v_days jsonb;
begin
    -- Whoever is about to name it in terms, or to add a day, comes before this or after.
    select calendar.*
    into v_calendar
    from settlement.calendars as calendar
    where calendar.calendar = p_calendar
    for update;
    if v_calendar.calendar is null then
        return;
    end if;
    select
        array_agg(terms.terms_id order by terms.merchant_id, terms.terms_id),
        array_agg(distinct terms.merchant_id::text order by terms.merchant_id::text)
    into terms_ids, merchant_ids
    from settlement.terms as terms
    where terms.calendar = p_calendar;
    is_published := v_calendar.is_published;
    is_done := not is_published and terms_ids is null;
    if not is_done then
        return next;
        return;
    end if;

    -- As refresh_calendars does.
    lock table settlement.calendar_exceptions in share row exclusive mode;
    delete from settlement.calendar_exceptions as kept
    where kept.calendar = p_calendar;
    with removed as (
        delete from settlement.calendar_days as one_off
        where one_off.calendar = p_calendar
        returning
            one_off.day,
            one_off.is_business_day,
            one_off.name
    )
    select coalesce(jsonb_agg(to_jsonb(removed) order by removed.day), '[]')
    into v_days
    from removed;
    delete from settlement.calendars as calendar
    where calendar.calendar = p_calendar;
    perform pipeline.write_change(
        'calendar',
        p_calendar,
        'deleted',
        p_by,
        null,
        to_jsonb(v_calendar) || jsonb_build_object('days', v_days),
        null,
        p_now
    );
    return next;
end;
$$;

comment on function pipeline.delete_calendar(text, text, timestamptz) is
    'Deletes a calendar with its one-off days and writes it down; is_done is false where it came with the platform, or terms (those given) use it.';
