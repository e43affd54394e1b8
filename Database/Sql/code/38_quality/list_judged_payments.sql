-- Payments of a time as they were scored and decided, with the label that is known of each by now.
-- Grain: one stored payment. Reads: public.payments, risk.assessments, risk.labels, risk.thresholds. Called by: QualityStage.
--
-- Without an assessment a payment was approved, or scored before there were decisions: then the score decides.
-- Of several labels a dispute is the last word, then the one that became known last.
create function pipeline.list_judged_payments(
    p_from timestamptz,
    p_until timestamptz,
    p_now timestamptz
) returns table (
    score numeric,
    decision varchar,
    is_fraud boolean
)
language sql
stable
parallel safe
as $$
    with label as (
        select distinct on (word.payment_id)
            word.payment_id,
            word.is_fraud
        from risk.labels as word
        where word.transaction_date >= p_from
            and word.transaction_date < p_until
            and word.known_at <= p_now
        order by
            word.payment_id,
            (word.source = 'dispute') desc,
            word.known_at desc,
            word.source
    ),
    assessment as (
        select
            assessed.payment_id,
            assessed.score,
            assessed.decision
        from risk.assessments as assessed
        where assessed.transaction_date >= p_from
            and assessed.transaction_date < p_until
    )
    select
        coalesce(assessment.score::numeric, payment.risk_score) as score,
        coalesce(
            assessment.decision,
            case
                when payment.risk_score >= threshold.block_score then 'BLOCK'
                when payment.risk_score >= threshold.review_score then 'REVIEW'
                else 'APPROVE'
            end
        ) as decision,
        label.is_fraud
    from public.payments as payment
    cross join risk.thresholds as threshold
    left join label on label.payment_id = payment.payment_id
    left join assessment on assessment.payment_id = payment.payment_id
    where payment.transaction_date >= p_from
        and payment.transaction_date < p_until;
$$;

comment on function pipeline.list_judged_payments(timestamptz, timestamptz, timestamptz) is
    'Stored payments of a half-open time with score, decision and known label (null: none). Unordered: nothing depends on it.';
