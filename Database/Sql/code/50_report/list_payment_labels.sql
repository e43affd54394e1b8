-- What became known about a payment: fraud, or not.
-- Grain: one source. Reads: risk.labels. Called by: GET /api/payments/{id}.
create function pipeline.list_payment_labels(
    p_payment_id text
) returns table (
    source varchar,
    is_fraud boolean,
    known_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        label.source,
        label.is_fraud,
        label.known_at
    from risk.labels as label
    where label.payment_id = p_payment_id;
$$;

comment on function pipeline.list_payment_labels(text) is
    'The labels of a payment, each with its source and the instant from which it may be used. Unordered: the caller sorts by known_at and source.';
