-- First day of the period in which a processing day lies.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, place_late_days.
create function pipeline.period_start(
    p_cycle text,
    p_week_day int,
    p_day date,
    p_valid_from date
) returns date
language sql
immutable
parallel safe
as $$
    select greatest(
        p_valid_from,
        case p_cycle
            when 'weekly' then p_day - (extract(isodow from p_day)::int - p_week_day + 6) % 7
            when 'monthly' then date_trunc('month', p_day::timestamp)::date
            else p_day
        end
    );
$$;

comment on function pipeline.period_start(text, int, date, date) is
    'First day of the day, week or month that holds a processing day, not before its terms begin.';
