-- The calendar in which a merchant's business days count: that of the terms that hold on a processing day, as terms_on has it.
-- Grain: one value; null: Mondays to Fridays. Reads: settlement.terms. Called by: judge_sla, list_incidents, list_sla_forecast.
create function pipeline.sla_calendar(
    p_merchant_id text,
    p_day date
) returns varchar
language sql
stable
parallel safe
as $$
    select
        case
            when terms.valid_until is null or terms.valid_until > p_day
                then terms.calendar
        end
    from settlement.terms as terms
    where terms.merchant_id = p_merchant_id
        and terms.valid_from <= p_day
    order by terms.valid_from desc
    limit 1;
$$;

comment on function pipeline.sla_calendar(text, date) is
    'The calendar of a merchant''s terms on a processing day (the first of a period); null: Mondays to Fridays.';
