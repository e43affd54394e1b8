-- Failed payments of a span of UTC days, newest first.
-- Grain: one row per failed payment; both days are included.
-- Reads: public.payments, public.customers, public.merchants, public.currencies.
-- Called by: GET /api/reports/failed-payments, clients; pages come from wrapping it.
drop function if exists public.detect_failed_payments(date, date);

create function public.detect_failed_payments(
    p_start_date date,
    p_end_date date
) returns table (
    payment_id varchar(50),
    customer_id varchar(50),
    customer_name varchar(200),
    merchant_name varchar(200),
    amount numeric,
    payment_method varchar(20),
    transaction_date timestamptz,
    failure_reason varchar(200),
    currency varchar(3)
)
language sql
stable
parallel safe
as $$
    select
        payment.payment_id::varchar,
        payment.customer_id,
        customer.customer_name,
        merchant.merchant_name,
        round(payment.amount, money.minor_digits),
        payment.payment_method,
        payment.transaction_date,
        payment.failure_reason,
        payment.currency::varchar(3)
    from public.payments as payment
    left join public.customers as customer on customer.customer_id = payment.customer_id
    left join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
    left join public.currencies as money on money.currency = payment.currency
    where payment.payment_status = 'FAILED'
        and payment.transaction_date >= p_start_date::timestamp at time zone 'UTC'
        and payment.transaction_date < (p_end_date + 1)::timestamp at time zone 'UTC'
    order by
        payment.transaction_date desc,
        payment.payment_id::varchar;
$$;

comment on function public.detect_failed_payments(date, date) is
    'Failed payments of the UTC days from p_start_date to p_end_date, both included, newest first; archived months are left out.';
