-- What merchants pay for payments of a currency and a method, by processing days.
-- Grain: one span of a merchant, currency and method ('' none), of those asked for (arrays of one length).
-- Reads: settlement.fees, list_rate_spans. Called by: settle_merchants, resolve_fees.
--
-- The most specific fee holds: of method and currency, of the method, of the currency, of neither; of several for the same
-- the one that began last. Without a fee (fee_id null) the merchant's rate as it was then.
create function pipeline.list_fee_spans(
    p_merchant_ids text[],
    p_currencies text[],
    p_payment_methods text[]
) returns table (
    merchant_id varchar,
    currency char,
    payment_method varchar,
    valid_from date,
    valid_until date,
    fee_id bigint,
    percent numeric,
    fixed_amount numeric,
    minimum_amount numeric,
    commission_rate numeric
)
language sql
stable
parallel safe
as $$
    with asked as (
        select
            asked.merchant_id collate "C" as merchant_id,
            asked.currency::char(3) collate "C" as currency,
            asked.payment_method collate "C" as payment_method
        from unnest(p_merchant_ids, p_currencies, p_payment_methods)
            as asked (merchant_id, currency, payment_method)
    ),
    asked_merchant as (
        select distinct asked.merchant_id
        from asked
    ),
    rate as materialized (
        select rate.*
        from pipeline.list_rate_spans(p_merchant_ids) as rate
    ),
    fee as (
        select
            fee.*,
            least(
                coalesce(fee.valid_until, 'infinity'),
                lead(fee.valid_from, 1, 'infinity') over (
                    partition by
                        fee.merchant_id,
                        fee.payment_method,
                        fee.currency
                    order by fee.valid_from
                )
            ) as ends_on
        from asked_merchant
        inner join settlement.fees as fee on fee.merchant_id = asked_merchant.merchant_id
    ),
    edge as (
        select
            rate.merchant_id,
            rate.valid_from as day
        from rate
        union
        select
            fee.merchant_id,
            fee.valid_from
        from fee
        union
        select
            fee.merchant_id,
            fee.ends_on
        from fee
        where fee.ends_on < 'infinity'
    ),
    span as (
        select
            edge.merchant_id,
            edge.day as valid_from,
            lead(edge.day, 1, 'infinity') over (
                partition by edge.merchant_id
                order by edge.day
            ) as valid_until
        from edge
    )
    select distinct on (
        asked.merchant_id,
        asked.currency,
        asked.payment_method,
        span.valid_from
    )
        asked.merchant_id,
        asked.currency,
        asked.payment_method,
        span.valid_from,
        span.valid_until,
        fee.fee_id,
        fee.percent,
        fee.fixed_amount,
        fee.minimum_amount,
        rate.commission_rate
    from asked
    inner join span on span.merchant_id = asked.merchant_id
    inner join rate
        on rate.merchant_id = asked.merchant_id
        and rate.valid_from <= span.valid_from
        and rate.valid_until > span.valid_from
    left join fee
        on fee.merchant_id = asked.merchant_id
        and fee.valid_from <= span.valid_from
        and fee.ends_on > span.valid_from
        and (fee.currency is null or fee.currency = asked.currency)
        and (fee.payment_method is null or fee.payment_method = asked.payment_method)
    order by
        asked.merchant_id,
        asked.currency,
        asked.payment_method,
        span.valid_from,
        fee.payment_method is null,
        fee.currency is null,
        fee.valid_from desc;
$$;

comment on function pipeline.list_fee_spans(text[], text[], text[]) is
    'The fee, or the rate, that holds for payments of a merchant, currency and method (empty: none), as spans of processing days.';
