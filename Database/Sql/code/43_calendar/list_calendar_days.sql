-- What a calendar says of days: its rule's holidays, overridden by the one-off days of the rule's published calendar, and
-- these by its own.
-- Grain: one day of which rule or rows say something, within p_from (included) to p_until (not included).
-- Reads: settlement.calendars, settlement.calendar_days. Called by: list_holidays, refresh_calendars.
create function pipeline.list_calendar_days(
    p_calendar text,
    p_from date,
    p_until date
) returns table (
    day date,
    is_business_day boolean,
    name varchar,
    is_one_off boolean,
    is_substitute boolean,
    source varchar
)
language sql
stable
parallel safe
as $$
    with said as (
        select
            holiday.day,
            false as is_business_day,
            holiday.name::varchar as name,
            false as is_one_off,
            holiday.is_substitute,
            null::varchar as source,
            1 as rank
        from settlement.calendars as calendar
        cross join lateral pipeline.list_rule_holidays(calendar.rule, p_from, p_until) as holiday
        where calendar.calendar = p_calendar
        union all
        select
            one_off.day,
            one_off.is_business_day,
            one_off.name,
            true as is_one_off,
            false as is_substitute,
            one_off.source,
            case when one_off.calendar = calendar.calendar then 3 else 2 end as rank
        from settlement.calendars as calendar
        inner join settlement.calendars as owner
            on owner.calendar = calendar.calendar
                or (owner.is_published and owner.rule = calendar.rule)
        inner join settlement.calendar_days as one_off
            on one_off.calendar = owner.calendar
        where calendar.calendar = p_calendar
            and one_off.day >= p_from
            and one_off.day < p_until
    )
    select distinct on (said.day)
        said.day,
        said.is_business_day,
        said.name,
        said.is_one_off,
        said.is_substitute,
        said.source
    from said
    order by
        said.day,
        said.rank desc,
        said.name;
$$;

comment on function pipeline.list_calendar_days(text, date, date) is
    'Days of which a calendar says something, by its rule or as a one-off day, by day; weekends of which nothing is said are not among them.';
