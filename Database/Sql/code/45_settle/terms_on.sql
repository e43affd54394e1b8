-- The terms that a merchant follows on a processing day.
-- Grain: one row. Reads: list_terms_spans. Called by: the API, the SLA check, operators.
create function pipeline.terms_on(
    p_merchant_id text,
    p_day date
) returns table (
    merchant_id varchar,
    terms_id bigint,
    valid_from date,
    valid_until date,
    cycle varchar,
    week_day int,
    delay_days int,
    delay_kind varchar,
    calendar varchar,
    time_zone varchar,
    cut_off time,
    reserve_percent numeric,
    reserve_days int
)
language sql
stable
parallel safe
as $$
    select
        span.merchant_id,
        span.terms_id,
        nullif(span.valid_from, '-infinity') as valid_from,
        nullif(span.valid_until, 'infinity') as valid_until,
        span.cycle,
        span.week_day,
        span.delay_days,
        span.delay_kind,
        span.calendar,
        span.time_zone,
        terms.cut_off,
        span.reserve_percent,
        span.reserve_days
    from pipeline.list_terms_spans(array[p_merchant_id]) as span
    left join settlement.terms as terms on terms.terms_id = span.terms_id
    where p_day >= span.valid_from
        and p_day < span.valid_until;
$$;

comment on function pipeline.terms_on(text, date) is
    'The terms that hold for a merchant on a day, with the days between which they do; terms_id null: those of a merchant without any.';
