-- The holidays of a rule, computed for any year.
-- Grain: one holiday on the day on which it is observed, within p_from (included) to p_until (not included).
-- Reads: nothing. Called by: list_calendar_days.
create function pipeline.list_rule_holidays(
    p_rule text,
    p_from date,
    p_until date
) returns table (
    day date,
    name text,
    is_substitute boolean
)
language sql
stable
parallel safe
as $$
    with said as (
        select
            holiday.name,
            case
                when holiday.easter_offset is not null
                    then pipeline.easter(year.year) + holiday.easter_offset
                when holiday.month_day is not null
                    then make_date(year.year, holiday.month, holiday.month_day)
                when holiday.nth > 0
                    then bound.first_day
                        + (holiday.week_day - extract(isodow from bound.first_day)::int + 7) % 7
                        + (holiday.nth - 1) * 7
                else
                    bound.last_day
                        - (extract(isodow from bound.last_day)::int - holiday.week_day + 7) % 7
            end as day,
            holiday.saturday_shift,
            holiday.sunday_shift
        from pipeline.holiday_rules() as holiday
        cross join lateral generate_series(
            greatest(extract(year from p_from)::int, holiday.from_year),
            least(extract(year from p_until - 1)::int, holiday.until_year - 1)
        ) as year (year)
        cross join lateral (
            select
                make_date(year.year, coalesce(holiday.month, 1), 1) as first_day,
                (make_date(year.year, coalesce(holiday.month, 1), 1) + interval '1 month')::date - 1
                    as last_day
        ) as bound
        where holiday.rule = p_rule
            and p_from < p_until
    ),
    moved as (
        select
            said.name,
            said.day,
            case extract(isodow from said.day)
                when 6 then said.saturday_shift
                when 7 then said.sunday_shift
                else 0
            end as shift
        from said
    )
    select
        moved.day + moved.shift as day,
        moved.name,
        moved.shift > 0 as is_substitute
    from moved
    where moved.day + moved.shift >= p_from
        and moved.day + moved.shift < p_until;
$$;

comment on function pipeline.list_rule_holidays(text, date, date) is
    'Holidays of a rule (target2, federal_reserve, england_and_wales) on the days on which they are observed, computed for any year. Unordered.';
