-- A payment as it is stored.
-- What nobody had to look at has no assessment: it was approved.
-- Grain: one payment; no row for an unknown one. Reads: public.payment_keys, payments, risk.assessments. Called by: GET /api/payments/{id}.
create function pipeline.get_payment(
    p_payment_id text
) returns table (
    payment_id varchar,
    transaction_date timestamptz,
    customer_id varchar,
    merchant_id varchar,
    amount numeric,
    currency varchar,
    payment_method varchar,
    payment_status varchar,
    processing_time_seconds int,
    failure_reason varchar,
    risk_score numeric,
    is_suspicious boolean,
    created_at timestamptz,
    updated_at timestamptz,
    decision varchar,
    reasons jsonb,
    rules_version bigint,
    models_version bigint
)
language sql
stable
parallel safe
as $$
    select
        known.payment_id,
        known.transaction_date,
        payment.customer_id,
        payment.merchant_id,
        payment.amount,
        payment.currency::varchar as currency,
        payment.payment_method,
        payment.payment_status,
        payment.processing_time_seconds,
        payment.failure_reason,
        payment.risk_score,
        payment.is_suspicious,
        payment.created_at,
        payment.updated_at,
        case when payment.payment_id is not null then coalesce(assessed.decision, 'APPROVE') end as decision,
        case when payment.payment_id is not null then coalesce(assessed.reasons, '[]') end as reasons,
        assessed.rules_version,
        assessed.models_version
    from public.payment_keys as known
    left join public.payments as payment
        on payment.payment_id = known.payment_id
        and payment.transaction_date = known.transaction_date
    left join risk.assessments as assessed on assessed.payment_id = known.payment_id
    where known.payment_id = p_payment_id;
$$;

comment on function pipeline.get_payment(text) is
    'A payment as it is stored; of an archived one the id and the date alone. No row for an unknown one.';
