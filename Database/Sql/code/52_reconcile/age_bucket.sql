-- The bucket of an age in days, as lists of open items have them.
-- Grain: one value. Reads: nothing. Called by: list_differences, summarize_differences.
create function pipeline.age_bucket(
    p_days int
) returns text
language sql
immutable
parallel safe
as $$
    select case
        when p_days <= 1 then '0-1'
        when p_days <= 7 then '2-7'
        when p_days <= 30 then '8-30'
        when p_days <= 90 then '31-90'
        else '91+'
    end;
$$;

comment on function pipeline.age_bucket(int) is '0-1, 2-7, 8-30, 31-90 or 91+ days.';
