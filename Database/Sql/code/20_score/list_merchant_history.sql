-- Stored payments of merchants, each over a time of its own: the hours before their later payments.
-- Grain: one stored payment. Reads: public.payments.
-- Called by: HistoryReader, for one merchant as for ten thousand. As list_customer_history.
create function pipeline.list_merchant_history(
    p_merchants text[],
    p_after timestamptz[],
    p_from timestamptz,
    p_until timestamptz
) returns table (
    merchant_id varchar,
    payment_id varchar,
    transaction_date timestamptz,
    amount numeric,
    currency varchar,
    payment_status varchar
)
language sql
stable
parallel safe
as $$
    select
        payment.merchant_id,
        payment.payment_id,
        payment.transaction_date,
        payment.amount,
        payment.currency::varchar,
        payment.payment_status
    from unnest(p_merchants, p_after) as wanted (merchant_id, after)
    inner join public.payments as payment
        on payment.merchant_id = wanted.merchant_id collate "C"
        and payment.transaction_date > wanted.after
    where payment.transaction_date > p_from
        and payment.transaction_date <= p_until;
$$;

comment on function pipeline.list_merchant_history(text[], timestamptz[], timestamptz, timestamptz) is
    'Stored payments of the given merchants, each from behind its instant, all in (p_from, p_until].';
