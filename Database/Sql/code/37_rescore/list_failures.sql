-- Payments that came in another status and failed later, in a time.
-- Grain: one payment. Reads: ops.payment_history, public.payment_keys, public.payments. Called by: HistoricalFeatures.
create function pipeline.list_failures(
    p_from timestamptz,
    p_until timestamptz
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    currency varchar,
    transaction_date timestamptz,
    failed_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        move.payment_id,
        payment.customer_id,
        payment.merchant_id,
        payment.currency::varchar as currency,
        payment.transaction_date,
        move.moved_at as failed_at
    from ops.payment_history as move
    inner join public.payment_keys as known on known.payment_id = move.payment_id
    inner join public.payments as payment
        on payment.payment_id = known.payment_id
        and payment.transaction_date = known.transaction_date
    where move.new_status = 'FAILED'
        and move.moved_at >= p_from
        and move.moved_at < p_until;
$$;

comment on function pipeline.list_failures(timestamptz, timestamptz) is
    'Payments that moved to FAILED in a half-open time, and when. Unordered: the caller orders by failed_at and payment_id.';
