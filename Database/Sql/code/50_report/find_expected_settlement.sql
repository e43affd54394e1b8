-- When a payment of a merchant at an instant would be paid out, and by what.
-- Grain: one row. Reads: list_terms_spans, settlement.terms. Called by: GET /api/settlements/expected-date.
create function pipeline.find_expected_settlement(
    p_merchant_id text,
    p_at timestamptz
) returns table (
    terms_id bigint,
    cycle varchar,
    week_day int,
    delay_days int,
    delay_kind varchar,
    calendar varchar,
    time_zone varchar,
    cut_off text,
    local_time text,
    processing_day date,
    period_start date,
    period_end date,
    expected_settlement_date date
)
language sql
stable
parallel safe
as $$
    select
        span.terms_id,
        span.cycle,
        span.week_day,
        span.delay_days,
        span.delay_kind,
        span.calendar,
        span.time_zone,
        to_char(terms.cut_off, 'HH24:MI') as cut_off,
        to_char(p_at at time zone span.time_zone, 'YYYY-MM-DD HH24:MI') as local_time,
        placed.processing_day,
        period.period_start,
        period.period_end,
        pipeline.expected_date(
            period.period_end - 1, span.delay_days, span.delay_kind, span.calendar
        ) as expected_settlement_date
    from pipeline.list_terms_spans(array[p_merchant_id]) as span
    left join settlement.terms as terms
        on terms.terms_id = span.terms_id
    cross join lateral (
        select pipeline.processing_day(
            p_at, span.time_zone, span.day_shift, span.valid_from, span.valid_until
        ) as processing_day
    ) as placed
    cross join lateral (
        select
            pipeline.period_start(
                span.cycle, span.week_day, placed.processing_day, span.valid_from
            ) as period_start,
            pipeline.period_end(
                span.cycle, span.week_day, placed.processing_day, span.valid_until
            ) as period_end
    ) as period
    where p_at >= span.starts_at
        and p_at < span.ends_at;
$$;

comment on function pipeline.find_expected_settlement(text, timestamptz) is
    'The processing day, the period and the expected date of a payment of a merchant at an instant, with the terms that they follow from (terms_id null: those of a merchant without any).';
