-- The settlement terms of a merchant, those that are over and those to come too.
-- Grain: one row of settlement.terms. Reads: settlement.terms.
-- Called by: GET and POST /api/merchants/{id}/settlement-terms.
create function pipeline.list_merchant_terms(
    p_merchant_id text
) returns table (
    terms_id bigint,
    merchant_id varchar,
    valid_from date,
    valid_until date,
    ends_on date,
    cycle varchar,
    week_day int,
    delay_days int,
    delay_kind varchar,
    calendar varchar,
    time_zone varchar,
    cut_off text,
    reserve_percent numeric,
    reserve_days int,
    author varchar,
    created_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        terms.terms_id,
        terms.merchant_id,
        terms.valid_from,
        terms.valid_until,
        least(
            terms.valid_until,
            lead(terms.valid_from) over (order by terms.valid_from)
        ) as ends_on,
        terms.cycle,
        terms.week_day::int as week_day,
        terms.delay_days,
        terms.delay_kind,
        terms.calendar,
        terms.time_zone,
        to_char(terms.cut_off, 'HH24:MI') as cut_off,
        terms.reserve_percent,
        terms.reserve_days,
        terms.author,
        terms.created_at
    from settlement.terms as terms
    where terms.merchant_id = p_merchant_id;
$$;

comment on function pipeline.list_merchant_terms(text) is
    'Settlement terms of a merchant; ends_on: the first processing day on which they no longer hold, by valid_until or later terms. Unordered: the caller pages by valid_from.';
