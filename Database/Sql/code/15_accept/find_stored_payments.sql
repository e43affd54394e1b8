-- What the store holds under ids that were sent again.
-- Grain: one id that is known. Reads: public.payment_keys, payments, risk.assessments, ops.archived_months.
-- Called by: AcceptedBatch, about duplicates and conflicts.
create function pipeline.find_stored_payments(
    p_payment_ids text[]
) returns table (
    payment_id varchar,
    transaction_date timestamptz,
    content_hash uuid,
    risk_score numeric,
    is_suspicious boolean,
    decision varchar,
    reasons jsonb,
    is_archived boolean
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
        select
            known.payment_id,
            known.transaction_date,
            known.content_hash,
            payment.risk_score,
            payment.is_suspicious,
            coalesce(assessed.decision, 'APPROVE'),
            coalesce(assessed.reasons, '[]'),
            payment.payment_id is null and pipeline.is_archived(known.transaction_date)
        from public.payment_keys as known
        left join public.payments as payment
            on payment.payment_id = known.payment_id
            and payment.transaction_date = known.transaction_date
        left join risk.assessments as assessed on assessed.payment_id = known.payment_id
        where known.payment_id = any (p_payment_ids);
end;
$$;

comment on function pipeline.find_stored_payments(text[]) is
    'The stored payments of these ids with their scores; score and flag are null where the payment is archived, or new in this transaction.';
