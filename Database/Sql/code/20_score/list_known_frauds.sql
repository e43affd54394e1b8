-- Payments that became known to be frauds in a time, each once, by whoever said so first.
-- Grain: one payment. Reads: risk.labels. Called by: HistoryReader.
--
-- With null for both parties, all of them: for a batch of many parties that is less than looking each up.
create function pipeline.list_known_frauds(
    p_customers text[],
    p_merchants text[],
    p_after timestamptz,
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
        label.payment_id,
        label.customer_id,
        label.merchant_id,
        label.transaction_date,
        label.known_at
    from risk.labels as label
    where label.is_fraud
        and label.known_at > p_after
        and label.known_at <= p_until
        and label.transaction_date is not null
        and (
            p_customers is null
            or label.customer_id = any (p_customers)
            or label.merchant_id = any (p_merchants)
        )
        and not exists (
            select
            from risk.labels as earlier
            where earlier.payment_id = label.payment_id
                and earlier.is_fraud
                and (earlier.known_at, earlier.source) < (label.known_at, label.source)
        );
$$;

comment on function pipeline.list_known_frauds(text[], text[], timestamptz, timestamptz) is
    'Frauds of the given customers or merchants (null: of all) that became known in (p_after, p_until].';
