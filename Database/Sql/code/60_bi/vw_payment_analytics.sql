-- Payments by everything that reports slice by.
-- Grain: one row per UTC day, status, method, currency, merchant and current country of the customer.
-- Reads: rollup.payment_days, public.merchants, public.currencies.
-- Called by: BI tools, GET /api/analytics/payment-analytics.
create or replace view public.vw_payment_analytics as
select
    cell.payment_date as payment_date,
    cell.payment_status as payment_status,
    nullif(cell.payment_method, '')::varchar(20) as payment_method,
    cell.currency::varchar(3) as currency,
    merchant.merchant_name as merchant_name,
    merchant.business_type as business_type,
    nullif(cell.customer_country, '')::varchar(100) as customer_country,
    cell.transaction_count as transaction_count,
    cell.total_amount as total_amount,
    round(cell.total_amount / cell.transaction_count, money.minor_digits)::numeric(18, 3)
        as avg_amount,
    coalesce(cell.processing_seconds::numeric / nullif(cell.timed_count, 0), 0)::numeric(12, 2)
        as avg_processing_time,
    cell.suspicious_count as suspicious_count,
    cell.merchant_id as merchant_id
from rollup.payment_days as cell
left join public.merchants as merchant on merchant.merchant_id = cell.merchant_id
left join public.currencies as money on money.currency = cell.currency;

comment on view public.vw_payment_analytics is
    'Payments by UTC day, status, method, currency, merchant and the customer''s current country; amounts in that currency.';
comment on column public.vw_payment_analytics.avg_processing_time is
    'Seconds, over payments whose processing time is known; 0 without any.';
comment on column public.vw_payment_analytics.merchant_id is
    'Two merchants of one name stay two.';
