-- What customers spend, over all time.
-- Grain: one row per customer, those without payments too.
-- Reads: public.customers, rollup.customer_totals, public.reporting_settings, public.currencies.
-- Called by: BI tools (bi_reader_pii), GET /api/analytics/customer-insights.
create or replace view public.vw_customer_insights as
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
        total.customer_id as customer_id,
        sum(total.transaction_count)::bigint as payments,
        sum(total.failed_count)::bigint as failed,
        max(total.last_transaction_date) as last_transaction_date
    from rollup.customer_totals as total
    where total.currency <> (
        select reporting.currency
        from reporting
    )
    group by total.customer_id
),
everywhere as (
    select
        customer.customer_id as customer_id,
        customer.customer_name as customer_name,
        customer.email as email,
        customer.country as country,
        customer.credit_score as credit_score,
        customer.risk_category as risk_category,
        coalesce(own.transaction_count, 0) + coalesce(elsewhere.payments, 0) as payments,
        coalesce(own.failed_count, 0) + coalesce(elsewhere.failed, 0) as failed,
        coalesce(elsewhere.payments, 0) as payments_elsewhere,
        coalesce(own.successful_amount, 0) as spent,
        coalesce(round(own.total_amount / own.transaction_count, reporting.minor_digits), 0)
            as average,
        greatest(own.last_transaction_date, elsewhere.last_transaction_date)
            as last_transaction_date,
        reporting.currency as currency
    from public.customers as customer
    cross join reporting
    left join rollup.customer_totals as own
        on own.customer_id = customer.customer_id
        and own.currency = reporting.currency
    left join elsewhere on elsewhere.customer_id = customer.customer_id
)
select
    everywhere.customer_id as customer_id,
    everywhere.customer_name as customer_name,
    everywhere.email as email,
    everywhere.country as country,
    everywhere.credit_score as credit_score,
    everywhere.risk_category as risk_category,
    everywhere.payments as total_transactions,
    everywhere.spent::numeric(24, 3) as total_spent,
    everywhere.average::numeric(18, 3) as avg_transaction_amount,
    everywhere.failed as failed_transaction_count,
    everywhere.last_transaction_date as last_transaction_date,
    everywhere.currency::varchar(3) as currency,
    everywhere.payments_elsewhere as other_currency_transactions
from everywhere;

comment on view public.vw_customer_insights is
    'Customers over all time: counts over all currencies, money in the reporting currency. Personal data: bi_reader_pii only.';
comment on column public.vw_customer_insights.total_spent is
    'Sum over SUCCESS, in the reporting currency.';
comment on column public.vw_customer_insights.avg_transaction_amount is
    'Over payments of every status, in the reporting currency.';
comment on column public.vw_customer_insights.last_transaction_date is
    'Instant of the newest payment of any status and currency; null without payments.';
comment on column public.vw_customer_insights.other_currency_transactions is
    'Payments that the money columns leave out, because they are in another currency.';
