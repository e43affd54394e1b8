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
counted as (
    select
        total.*,
        total.currency = (
            select reporting.currency
            from reporting
        ) as is_reporting
    from rollup.customer_totals as total
),
-- Grouped after the join: only so does a reader of a few rows get them without the totals of all being read.
everywhere as (
    select
        customer.customer_id as customer_id,
        customer.customer_name as customer_name,
        customer.email as email,
        customer.country as country,
        customer.credit_score as credit_score,
        customer.risk_category as risk_category,
        coalesce(sum(total.transaction_count), 0)::bigint as payments,
        coalesce(sum(total.failed_count), 0)::bigint as failed,
        coalesce(sum(total.transaction_count) filter (where not total.is_reporting), 0)::bigint
            as payments_elsewhere,
        -- One row at most is in the reporting currency: its figures come through max unchanged.
        max(total.successful_amount) filter (where total.is_reporting) as spent,
        round(
            max(total.total_amount) filter (where total.is_reporting)
            / max(total.transaction_count) filter (where total.is_reporting),
            (
                select reporting.minor_digits
                from reporting
            )
        ) as average,
        max(total.last_transaction_date) as last_transaction_date,
        (
            select reporting.currency
            from reporting
        ) as currency
    from public.customers as customer
    left join counted as total on total.customer_id = customer.customer_id
    group by customer.customer_id
)
select
    everywhere.customer_id as customer_id,
    everywhere.customer_name as customer_name,
    everywhere.email as email,
    everywhere.country as country,
    everywhere.credit_score as credit_score,
    everywhere.risk_category as risk_category,
    everywhere.payments as total_transactions,
    coalesce(everywhere.spent, 0)::numeric(24, 3) as total_spent,
    coalesce(everywhere.average, 0)::numeric(18, 3) as avg_transaction_amount,
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
