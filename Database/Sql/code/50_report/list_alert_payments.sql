-- The payments of an alert, each with why it is there.
-- Grain: one payment. Reads: risk.alert_payments, risk.assessments, public.payments. Called by: GET /api/alerts/{id}/payments.
create function pipeline.list_alert_payments(
    p_alert_id bigint
) returns table (
    payment_id varchar,
    merchant_id varchar,
    amount numeric,
    currency varchar,
    payment_status varchar,
    transaction_date timestamptz,
    risk_score numeric,
    decision varchar,
    fraud_probability numeric,
    expected_loss numeric,
    is_suspicious boolean,
    reasons jsonb,
    joined_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        held.payment_id,
        held.merchant_id,
        held.amount,
        held.currency::varchar as currency,
        -- Null: the payment is archived.
        payment.payment_status,
        held.transaction_date,
        held.score as risk_score,
        assessed.decision,
        round(assessed.fraud_probability::numeric, 4) as fraud_probability,
        held.expected_loss,
        coalesce(payment.is_suspicious, held.is_flagged) as is_suspicious,
        coalesce(assessed.reasons, '[]') as reasons,
        held.joined_at
    from risk.alert_payments as held
    left join risk.assessments as assessed on assessed.payment_id = held.payment_id
    left join public.payments as payment
        on payment.payment_id = held.payment_id
        and payment.transaction_date = held.transaction_date
    where held.alert_id = p_alert_id;
$$;

comment on function pipeline.list_alert_payments(bigint) is
    'The payments of an alert with decision, reasons and what they are now. Unordered: the caller pages by risk_score and payment_id.';
