-- The newest stored payments of each of a few customers: the look-up for a few payments, whatever their customers have paid.
-- Grain: one stored payment, at most 1,000 a customer and those of its own instant. Reads: public.payments, public.merchants.
-- Called by: HistoryReader, for the few payments of a call to the API.
create function pipeline.list_newest_payments(
    p_customers text[],
    p_after timestamptz[],
    p_before timestamptz[],
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
        newest.customer_id,
        newest.payment_id,
        newest.transaction_date,
        newest.amount,
        newest.currency::varchar,
        newest.payment_method,
        newest.payment_status,
        newest.merchant_id,
        merchant.country
    from unnest(p_customers, p_after, p_before) as wanted (customer_id, after, before)
    cross join lateral (
        (
            select payment.*
            from public.payments as payment
            where payment.customer_id = wanted.customer_id collate "C"
                and payment.transaction_date > wanted.after
                and payment.transaction_date < wanted.before
                and payment.transaction_date > p_from
                and payment.transaction_date <= p_until
            order by
                payment.transaction_date desc,
                payment.payment_id desc
            limit 1000
        )
        union all
        select payment.*
        from public.payments as payment
        where payment.customer_id = wanted.customer_id collate "C"
            and payment.transaction_date >= wanted.before
            and payment.transaction_date > p_from
            and payment.transaction_date <= p_until
    ) as newest
    left join public.merchants as merchant on merchant.merchant_id = newest.merchant_id;
$$;

comment on function pipeline.list_newest_payments(
    text[], timestamptz[], timestamptz[], timestamptz, timestamptz
) is
    'Of each given customer the newest 1,000 stored payments behind one instant and before another, and those from there to p_until.';
