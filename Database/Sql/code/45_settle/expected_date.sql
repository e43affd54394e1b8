-- The day on which a settlement is to be paid.
-- Grain: one value. Reads: calendars, by add_business_days. Called by: settle_merchants.
create function pipeline.expected_date(
    p_last_day date,
    p_delay_days int,
    p_delay_kind text,
    p_calendar text
) returns date
language sql
stable
parallel safe
as $$
    select case
        when p_delay_kind = 'business'
            then pipeline.add_business_days(p_calendar, p_last_day, p_delay_days)
        when p_calendar is not null
            then pipeline.add_business_days(p_calendar, p_last_day + p_delay_days, 0)
        else p_last_day + p_delay_days
    end;
$$;

comment on function pipeline.expected_date(date, int, text, text) is
    'The last day of the period and so many days more: business days, or calendar days, rolled to the next business day where there is a calendar.';
