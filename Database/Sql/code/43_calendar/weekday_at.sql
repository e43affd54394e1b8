-- The Monday to Friday of a number: the inverse of weekday_number.
-- Grain: one value. Reads: nothing. Called by: add_business_days.
create function pipeline.weekday_at(
    p_number int
) returns date
language sql
immutable
parallel safe
as $$
    select '0001-01-01'::date + (p_number - 1) / 5 * 7 + (p_number - 1) % 5;
$$;

comment on function pipeline.weekday_at(int) is
    'The Monday to Friday that weekday_number gives this number.';
