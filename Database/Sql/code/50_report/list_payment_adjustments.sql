-- What was taken back from, or given back to, the merchant of a settled payment.
-- Grain: one adjustment. Reads: public.settlement_adjustments. Called by: GET /api/lineage/payments/{id}.
create function pipeline.list_payment_adjustments(
    p_payment_id text
) returns table (
    adjustment_id bigint,
    amount numeric,
    currency varchar,
    cause varchar,
    refund_id varchar,
    dispute_id varchar,
    settled_in varchar,
    settlement_id varchar,
    created_at timestamptz,
    carried_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        adjustment.adjustment_id,
        adjustment.amount,
        adjustment.currency::varchar as currency,
        adjustment.cause,
        adjustment.refund_id,
        adjustment.dispute_id,
        adjustment.settled_in,
        adjustment.settlement_id,
        adjustment.created_at,
        adjustment.carried_at
    from public.settlement_adjustments as adjustment
    where adjustment.payment_id = p_payment_id;
$$;

comment on function pipeline.list_payment_adjustments(text) is
    'Adjustments of a payment, each with its cause and the settlement that carries it. Unordered: the caller sorts by adjustment_id.';
