-- The calendar in which a merchant's business days count on a day: that of its terms.
-- Grain: one value; null: Mondays to Fridays. Reads: nothing yet. Called by: judge_sla, list_incidents.
create function pipeline.sla_calendar(
    p_merchant_id text,
    p_day date
) returns varchar
language sql
stable
parallel safe
as $$
    select null::varchar;
$$;

comment on function pipeline.sla_calendar(text, date) is
    'The calendar of a merchant''s terms on a day; null: Mondays to Fridays.';
