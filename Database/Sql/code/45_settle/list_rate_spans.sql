-- The commission rates of merchants by processing days: former ones, and the one that holds now.
-- Grain: one span of a merchant; they cover all time. Reads: settlement.commission_rates, merchants.
-- Called by: list_fee_spans, settle_merchants, recompute_settlements.
create function pipeline.list_rate_spans(
    p_merchant_ids text[]
) returns table (
    merchant_id varchar,
    valid_from date,
    valid_until date,
    commission_rate numeric
)
language sql
stable
parallel safe
as $$
    with asked as (
        select distinct asked.merchant_id collate "C" as merchant_id
        from unnest(p_merchant_ids) as asked (merchant_id)
    ),
    rate as (
        select
            former.merchant_id,
            former.valid_until,
            former.commission_rate
        from asked
        inner join settlement.commission_rates as former
            on former.merchant_id = asked.merchant_id
        union all
        select
            merchant.merchant_id,
            'infinity',
            merchant.commission_rate
        from asked
        inner join public.merchants as merchant on merchant.merchant_id = asked.merchant_id
    )
    select
        rate.merchant_id,
        lag(rate.valid_until, 1, '-infinity') over (
            partition by rate.merchant_id
            order by rate.valid_until
        ) as valid_from,
        rate.valid_until,
        rate.commission_rate
    from rate;
$$;

comment on function pipeline.list_rate_spans(text[]) is
    'The commission rates of these merchants as spans of processing days that cover all time. Unordered.';
