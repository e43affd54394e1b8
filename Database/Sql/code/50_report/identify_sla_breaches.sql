-- Settlements that are late by their dates, most delayed first.
-- Grain: one row per settlement paid, or still unpaid, after its expected day.
-- Reads: public.settlements, public.merchants, public.currencies.
-- Called by: GET /api/reports/sla-breaches, clients; pages come from wrapping it.
drop function if exists public.identify_sla_breaches(date);

create function public.identify_sla_breaches(
    p_as_of date default (now() at time zone 'UTC')::date
) returns table (
    settlement_id varchar(50),
    merchant_id varchar(50),
    merchant_name varchar(200),
    settlement_date date,
    expected_settlement_date date,
    days_delayed int,
    total_amount numeric,
    net_amount numeric,
    currency varchar(3)
)
language sql
stable
parallel safe
as $$
    select
        settlement.settlement_id,
        settlement.merchant_id,
        merchant.merchant_name,
        settlement.settlement_date,
        settlement.expected_settlement_date,
        coalesce(settlement.settlement_date, p_as_of) - settlement.expected_settlement_date,
        round(settlement.total_amount, money.minor_digits),
        round(settlement.net_amount, money.minor_digits),
        settlement.currency::varchar(3)
    from public.settlements as settlement
    inner join public.merchants as merchant on merchant.merchant_id = settlement.merchant_id
    inner join public.currencies as money on money.currency = settlement.currency
    where coalesce(settlement.settlement_date, p_as_of) > settlement.expected_settlement_date
    order by
        coalesce(settlement.settlement_date, p_as_of) - settlement.expected_settlement_date desc,
        settlement.settlement_id;
$$;

comment on function public.identify_sla_breaches(date) is
    'Settlements paid after their expected day, or unpaid by p_as_of (default: today in UTC); most days late first.';
