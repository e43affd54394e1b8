-- What customers spend in each currency, over all time.
-- Grain: one row per customer and currency with payments.
-- Reads: public.customers, rollup.customer_totals, public.currencies.
-- Called by: BI tools (bi_reader_pii).
create or replace view public.vw_customer_insights_by_currency as
select
    own.customer_id as customer_id,
    customer.customer_name as customer_name,
    customer.email as email,
    customer.country as country,
    customer.credit_score as credit_score,
    customer.risk_category as risk_category,
    own.currency::varchar(3) as currency,
    own.transaction_count as total_transactions,
    own.successful_amount as total_spent,
    round(own.total_amount / own.transaction_count, money.minor_digits)::numeric(18, 3)
        as avg_transaction_amount,
    own.failed_count as failed_transaction_count,
    own.last_transaction_date as last_transaction_date
from rollup.customer_totals as own
left join public.customers as customer on customer.customer_id = own.customer_id
left join public.currencies as money on money.currency = own.currency;

comment on view public.vw_customer_insights_by_currency is
    'Customers over all time, one row per currency in which they have payments. Personal data: bi_reader_pii only.';
