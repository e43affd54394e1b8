-- How merchants do in each currency, over all time.
-- Grain: one row per merchant and currency with payments.
-- Reads: public.merchants, rollup.merchant_totals, public.currencies.
-- Called by: BI tools.
create or replace view public.vw_merchant_performance_by_currency as
select
    own.merchant_id as merchant_id,
    merchant.merchant_name as merchant_name,
    merchant.business_type as business_type,
    merchant.status as status,
    own.currency::varchar(3) as currency,
    own.transaction_count as total_transactions,
    own.successful_count as successful_transactions,
    own.failed_count as failed_transactions,
    own.successful_amount as total_revenue,
    round(own.total_amount / own.transaction_count, money.minor_digits)::numeric(18, 3)
        as avg_transaction_amount,
    (100.0 * own.successful_count / own.transaction_count)::numeric(5, 2) as success_rate
from rollup.merchant_totals as own
left join public.merchants as merchant on merchant.merchant_id = own.merchant_id
left join public.currencies as money on money.currency = own.currency;

comment on view public.vw_merchant_performance_by_currency is
    'Merchants over all time, one row per currency in which they have payments.';
