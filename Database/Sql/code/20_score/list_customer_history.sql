-- Stored payments of customers, each over a time of its own: what their later payments are compared with.
-- Grain: one stored payment. Reads: public.payments, public.merchants.
-- Called by: HistoryReader, for one customer as for a hundred thousand.
--
-- p_from and p_until hold all of the customers' times: only their partitions are planned for. A few customers are
-- looked up in the index, many are joined to what was paid in that time.
create function pipeline.list_customer_history(
    p_customers text[],
    p_after timestamptz[],
    p_from timestamptz,
    p_until timestamptz
) returns table (
    customer_id varchar,
    payment_id varchar,
    transaction_date timestamptz,
    amount numeric,
    currency varchar,
    payment_method varchar,
    payment_status varchar,
    merchant_id varchar,
    merchant_country varchar
)
language sql
stable
parallel safe
as $$
    select
        payment.customer_id,
        payment.payment_id,
        payment.transaction_date,
        payment.amount,
        payment.currency::varchar,
        payment.payment_method,
        payment.payment_status,
        payment.merchant_id,
        merchant.country
    from unnest(p_customers, p_after) as wanted (customer_id, after)
    inner join public.payments as payment
        on payment.customer_id = wanted.customer_id collate "C"
        and payment.transaction_date > wanted.after
    left join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
    where payment.transaction_date > p_from
        and payment.transaction_date <= p_until;
$$;

comment on function pipeline.list_customer_history(text[], timestamptz[], timestamptz, timestamptz) is
    'Stored payments of the given customers, each from behind its instant, all in (p_from, p_until].';
