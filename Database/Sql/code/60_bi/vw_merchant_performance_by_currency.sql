-- How merchants do in each currency, over all time.
-- Grain: one row per merchant and currency with payments.
-- Reads: public.merchants, rollup.merchant_totals, public.currencies.
-- Called by: BI tools.
create or replace view public.vw_merchant_performance_by_currency as
with merchant_payments as (
    select
        total.merchant_id as merchant_id,
        total.currency as currency,
        sum(total.transaction_count) as payments,
        sum(total.transaction_count)
            filter (where total.payment_status = 'SUCCESS') as successful,
        sum(total.transaction_count)
            filter (where total.payment_status = 'FAILED') as failed,
        sum(total.total_amount) as amount,
        sum(total.total_amount)
            filter (where total.payment_status = 'SUCCESS') as revenue
    from rollup.merchant_totals as total
    group by
        total.merchant_id,
        total.currency
)
select
    own.merchant_id as merchant_id,
    merchant.merchant_name as merchant_name,
    merchant.business_type as business_type,
    merchant.status as status,
    own.currency::varchar(3) as currency,
    own.payments::bigint as total_transactions,
    coalesce(own.successful, 0)::bigint as successful_transactions,
    coalesce(own.failed, 0)::bigint as failed_transactions,
    coalesce(own.revenue, 0)::numeric(24, 3) as total_revenue,
    round(coalesce(own.amount / nullif(own.payments, 0), 0), money.minor_digits)
        ::numeric(18, 3) as avg_transaction_amount,
    coalesce(100 * own.successful / nullif(own.payments, 0), 0)::numeric(5, 2) as success_rate
from merchant_payments as own
left join public.merchants as merchant on merchant.merchant_id = own.merchant_id
left join public.currencies as money on money.currency = own.currency;

comment on view public.vw_merchant_performance_by_currency is
    'Merchants over all time, one row per currency in which they have payments.';
