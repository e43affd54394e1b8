-- Business days after one day up to and with another.
-- Grain: one value, negative where p_through is before p_after; null where a day is null.
-- Reads: settlement.calendar_exceptions. Called by: delays in business days.
create function pipeline.count_business_days(
    p_calendar text,
    p_after date,
    p_through date
) returns int
language sql
stable
parallel safe
as $$
    select
        pipeline.business_day_number(p_calendar, p_through)
        - pipeline.business_day_number(p_calendar, p_after);
$$;

comment on function pipeline.count_business_days(text, date, date) is
    'Business days in (after, through]; without a calendar, Mondays to Fridays.';
