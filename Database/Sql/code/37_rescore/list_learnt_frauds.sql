-- Frauds that became known in a time, each once, when the first source said so.
-- Grain: one payment with a fraud label. Reads: risk.labels. Called by: HistoricalFeatures.
create function pipeline.list_learnt_frauds(
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
        label.payment_id,
        min(label.customer_id) as customer_id,
        min(label.merchant_id) as merchant_id,
        min(label.transaction_date) as transaction_date,
        min(label.known_at) as known_at
    from risk.labels as label
    where label.is_fraud
        and label.customer_id is not null
    group by label.payment_id
    having min(label.known_at) >= p_from
        and min(label.known_at) < p_until;
$$;

comment on function pipeline.list_learnt_frauds(timestamptz, timestamptz) is
    'Frauds that became known in a half-open time. Unordered: the caller orders by known_at and payment_id.';
