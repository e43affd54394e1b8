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
customer_payments as (
    select
        total.customer_id as customer_id,
        sum(total.transaction_count) as payments,
        sum(total.transaction_count)
            filter (where total.payment_status = 'FAILED') as failed,
        sum(total.transaction_count)
            filter (where total.currency = reporting.currency) as reported,
        sum(total.total_amount)
            filter (where total.currency = reporting.currency) as amount,
        sum(total.total_amount)
            filter (where total.currency = reporting.currency
                and total.payment_status = 'SUCCESS') as spent,
        max(total.last_transaction_date) as last_transaction_date
    from rollup.customer_totals as total
    cross join reporting
    group by total.customer_id
)
select
    customer.customer_id as customer_id,
    customer.customer_name as customer_name,
    customer.email as email,
    customer.country as country,
    customer.credit_score as credit_score,
    customer.risk_category as risk_category,
    coalesce(own.payments, 0)::bigint as total_transactions,
    coalesce(own.spent, 0)::numeric(24, 3) as total_spent,
    round(coalesce(own.amount / nullif(own.reported, 0), 0), reporting.minor_digits)
        ::numeric(18, 3) as avg_transaction_amount,
    coalesce(own.failed, 0)::bigint as failed_transaction_count,
    own.last_transaction_date as last_transaction_date,
    reporting.currency::varchar(3) as currency,
    (coalesce(own.payments, 0) - coalesce(own.reported, 0))::bigint
        as other_currency_transactions
from public.customers as customer
cross join reporting
left join customer_payments as own on own.customer_id = customer.customer_id;

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
