-- Frauds that became known in a time, each once, when the first source said so.
-- Grain: one payment with a fraud label. Reads: risk.labels, public.payment_keys, public.payments. Called by: HistoricalFeatures.
create function pipeline.list_known_frauds(
    p_from timestamptz,
    p_until timestamptz
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    transaction_date timestamptz,
    known_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        fraud.payment_id,
        payment.customer_id,
        payment.merchant_id,
        payment.transaction_date,
        fraud.known_at
    from (
        select
            label.payment_id,
            min(label.known_at) as known_at
        from risk.labels as label
        where label.is_fraud
        group by label.payment_id
        having min(label.known_at) >= p_from
            and min(label.known_at) < p_until
    ) as fraud
    inner join public.payment_keys as known on known.payment_id = fraud.payment_id
    inner join public.payments as payment
        on payment.payment_id = known.payment_id
        and payment.transaction_date = known.transaction_date;
$$;

comment on function pipeline.list_known_frauds(timestamptz, timestamptz) is
    'Frauds that became known in a half-open time. Unordered: the caller orders by known_at and payment_id.';
