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
elsewhere as (
    select
        total.merchant_id as merchant_id,
        sum(total.transaction_count)::bigint as payments,
        sum(total.successful_count)::bigint as successful,
        sum(total.failed_count)::bigint as failed
    from rollup.merchant_totals as total
    where total.currency <> (
        select reporting.currency
        from reporting
    )
    group by total.merchant_id
),
everywhere as (
    select
        merchant.merchant_id as merchant_id,
        merchant.merchant_name as merchant_name,
        merchant.business_type as business_type,
        merchant.status as status,
        coalesce(own.transaction_count, 0) + coalesce(elsewhere.payments, 0) as payments,
        coalesce(own.successful_count, 0) + coalesce(elsewhere.successful, 0) as successful,
        coalesce(own.failed_count, 0) + coalesce(elsewhere.failed, 0) as failed,
        coalesce(elsewhere.payments, 0) as payments_elsewhere,
        coalesce(own.successful_amount, 0) as revenue,
        coalesce(round(own.total_amount / own.transaction_count, reporting.minor_digits), 0)
            as average,
        reporting.currency as currency
    from public.merchants as merchant
    cross join reporting
    left join rollup.merchant_totals as own
        on own.merchant_id = merchant.merchant_id
        and own.currency = reporting.currency
    left join elsewhere on elsewhere.merchant_id = merchant.merchant_id
)
select
    everywhere.merchant_id as merchant_id,
    everywhere.merchant_name as merchant_name,
    everywhere.business_type as business_type,
    everywhere.status as status,
    everywhere.payments as total_transactions,
    everywhere.successful as successful_transactions,
    everywhere.failed as failed_transactions,
    everywhere.revenue::numeric(24, 3) as total_revenue,
    everywhere.average::numeric(18, 3) as avg_transaction_amount,
    coalesce(100.0 * everywhere.successful / nullif(everywhere.payments, 0), 0)::numeric(5, 2)
        as success_rate,
    everywhere.currency::varchar(3) as currency,
    everywhere.payments_elsewhere as other_currency_transactions
from everywhere;

comment on view public.vw_merchant_performance is
    'Merchants over all time: counts and success rate (percent) over all currencies, money in the reporting currency.';
comment on column public.vw_merchant_performance.total_revenue is
    'Sum over SUCCESS, in the reporting currency.';
comment on column public.vw_merchant_performance.avg_transaction_amount is
    'Over payments of every status, in the reporting currency.';
comment on column public.vw_merchant_performance.other_currency_transactions is
    'Payments that the money columns leave out, because they are in another currency.';
