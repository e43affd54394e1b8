-- Payments scored at or over a threshold, or suspicious; riskiest first.
-- Grain: one row per such payment that was not refunded.
-- Reads: public.payments, public.customers, public.currencies.
-- Called by: GET /api/reports/high-risk-transactions, clients; pages come from wrapping it.
--
-- Thresholds from 50 on read payments_high_risk_idx in its order; lower ones read the table.
drop function if exists public.detect_high_risk_transactions(numeric);

create function public.detect_high_risk_transactions(
    p_risk_threshold numeric default 70
) returns table (
    payment_id varchar(50),
    customer_id varchar(50),
    customer_name varchar(200),
    amount numeric,
    risk_score numeric,
    transaction_date timestamptz,
    payment_status varchar(10),
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
        round(payment.amount, money.minor_digits),
        payment.risk_score::numeric,
        payment.transaction_date,
        payment.payment_status,
        payment.currency::varchar(3)
    from public.payments as payment
    left join public.customers as customer on customer.customer_id = payment.customer_id
    left join public.currencies as money on money.currency = payment.currency
    where (payment.risk_score >= p_risk_threshold or payment.is_suspicious)
        and payment.payment_status <> 'REFUNDED'
    order by
        payment.risk_score::numeric desc,
        payment.payment_id::varchar;
$$;

comment on function public.detect_high_risk_transactions(numeric) is
    'Payments scored at or over p_risk_threshold (0 to 100, default 70) or suspicious, refunded ones and archived months left out; riskiest first.';
