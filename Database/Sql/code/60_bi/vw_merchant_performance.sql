-- How merchants do, over all time.
-- Grain: one row per merchant, those without payments too.
-- Reads: public.merchants, rollup.merchant_totals, public.reporting_settings, public.currencies.
-- Called by: BI tools, GET /api/analytics/merchant-performance.
create or replace view public.vw_merchant_performance as
with reporting as (
    select
        money.currency as currency,
        money.minor_digits as minor_digits
    from public.reporting_settings as setting
    inner join public.currencies as money on money.currency = setting.reporting_currency
    -- There is one row anyway; without statistics the planner would expect a thousand, and compile.
    limit 1
),
merchant_payments as (
    select
        total.merchant_id as merchant_id,
        sum(total.transaction_count) as payments,
        sum(total.transaction_count)
            filter (where total.payment_status = 'SUCCESS') as successful,
        sum(total.transaction_count)
            filter (where total.payment_status = 'FAILED') as failed,
        sum(total.transaction_count)
            filter (where total.currency = reporting.currency) as reported,
        sum(total.total_amount)
            filter (where total.currency = reporting.currency) as amount,
        sum(total.total_amount)
            filter (where total.currency = reporting.currency
                and total.payment_status = 'SUCCESS') as revenue
    from rollup.merchant_totals as total
    cross join reporting
    group by total.merchant_id
)
select
    merchant.merchant_id as merchant_id,
    merchant.merchant_name as merchant_name,
    merchant.business_type as business_type,
    merchant.status as status,
    coalesce(own.payments, 0)::bigint as total_transactions,
    coalesce(own.successful, 0)::bigint as successful_transactions,
    coalesce(own.failed, 0)::bigint as failed_transactions,
    coalesce(own.revenue, 0)::numeric(24, 3) as total_revenue,
    round(coalesce(own.amount / nullif(own.reported, 0), 0), reporting.minor_digits)
        ::numeric(18, 3) as avg_transaction_amount,
    coalesce(100 * own.successful / nullif(own.payments, 0), 0)::numeric(5, 2) as success_rate,
    reporting.currency::varchar(3) as currency,
    (coalesce(own.payments, 0) - coalesce(own.reported, 0))::bigint
        as other_currency_transactions
from public.merchants as merchant
cross join reporting
left join merchant_payments as own on own.merchant_id = merchant.merchant_id;

comment on view public.vw_merchant_performance is
    'Merchants over all time: counts and success rate (percent) over all currencies, money in the reporting currency.';
comment on column public.vw_merchant_performance.total_revenue is
    'Sum over SUCCESS, in the reporting currency.';
comment on column public.vw_merchant_performance.avg_transaction_amount is
    'Over payments of every status, in the reporting currency.';
comment on column public.vw_merchant_performance.other_currency_transactions is
    'Payments that the money columns leave out, because they are in another currency.';
