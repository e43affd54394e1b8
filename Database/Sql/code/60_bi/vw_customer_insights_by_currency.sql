-- What customers spend in each currency, over all time.
-- Grain: one row per customer and currency with payments.
-- Reads: public.customers, rollup.customer_totals, public.currencies.
-- Called by: BI tools (bi_reader_pii).
create or replace view public.vw_customer_insights_by_currency as
with customer_payments as (
    select
        total.customer_id as customer_id,
        total.currency as currency,
        sum(total.transaction_count) as payments,
        sum(total.transaction_count)
            filter (where total.payment_status = 'FAILED') as failed,
        sum(total.total_amount) as amount,
        sum(total.total_amount)
            filter (where total.payment_status = 'SUCCESS') as spent,
        max(total.last_transaction_date) as last_transaction_date
    from rollup.customer_totals as total
    group by
        total.customer_id,
        total.currency
)
select
    own.customer_id as customer_id,
    customer.customer_name as customer_name,
    customer.email as email,
    customer.country as country,
    customer.credit_score as credit_score,
    customer.risk_category as risk_category,
    own.currency::varchar(3) as currency,
    own.payments::bigint as total_transactions,
    coalesce(own.spent, 0)::numeric(24, 3) as total_spent,
    round(coalesce(own.amount / nullif(own.payments, 0), 0), money.minor_digits)
        ::numeric(18, 3) as avg_transaction_amount,
    coalesce(own.failed, 0)::bigint as failed_transaction_count,
    own.last_transaction_date as last_transaction_date
from customer_payments as own
left join public.customers as customer on customer.customer_id = own.customer_id
left join public.currencies as money on money.currency = own.currency;

comment on view public.vw_customer_insights_by_currency is
    'Customers over all time, one row per currency in which they have payments. Personal data: bi_reader_pii only.';
