-- First day after the period in which a processing day lies.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, place_late_days.
create function pipeline.period_end(
    p_cycle text,
    p_week_day int,
    p_day date,
    p_valid_until date
) returns date
language sql
immutable
parallel safe
as $$
    select least(
        p_valid_until,
        case p_cycle
            when 'weekly' then p_day + 7 - (extract(isodow from p_day)::int - p_week_day + 6) % 7
            when 'monthly' then (date_trunc('month', p_day::timestamp) + interval '1 month')::date
            else p_day + 1
        end
    );
$$;

comment on function pipeline.period_end(text, int, date, date) is
    'First day after the day, week or month that holds a processing day, not after its terms end.';
