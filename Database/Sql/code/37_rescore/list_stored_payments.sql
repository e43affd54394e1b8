-- Stored payments of a time, with what scoring needs of their parties, what became known of them, and how they were scored.
-- Grain: one stored payment; those of archived months are not in the store.
-- Reads: public.payments, customers, merchants, risk.labels, risk.assessments, ops.payment_history.
-- Called by: HistoricalFeatures, month by month, so that the planner meets one partition.
--
-- The status is the one that the payment came with; list_failures tells which failed later, and when.
-- Of several labels a dispute is the last word, then the one that became known last (as risk.current_labels has it).
-- A flag is kept by whoever set it: an analyst, whose verdict is a label, or a list that was hit.
create function pipeline.list_stored_payments(
    p_from timestamptz,
    p_until timestamptz
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    thousandths bigint,
    currency varchar,
    payment_method varchar,
    payment_status varchar,
    transaction_date timestamptz,
    customer_country varchar,
    customer_risk varchar,
    credit_score int,
    merchant_country varchar,
    business_type varchar,
    is_fraud boolean,
    known_at timestamptz,
    risk_score numeric,
    is_suspicious boolean,
    decision varchar,
    is_flag_kept boolean
)
language sql
stable
parallel safe
as $$
    with first_move as (
        select distinct on (move.payment_id)
            move.payment_id,
            move.previous_status
        from ops.payment_history as move
        where move.moved_at >= p_from
        order by
            move.payment_id,
            move.move_id
    ),
    label as (
        select distinct on (word.payment_id)
            word.payment_id,
            word.is_fraud,
            word.known_at,
            bool_or(word.is_fraud and word.source = 'analyst') over (
                partition by word.payment_id
            ) as is_by_analyst
        from risk.labels as word
        where word.transaction_date >= p_from
            and word.transaction_date < p_until
        order by
            word.payment_id,
            (word.source = 'dispute') desc,
            word.known_at desc,
            word.source
    ),
    assessment as (
        select
            assessed.payment_id,
            assessed.decision,
            assessed.is_flagged
                and assessed.reasons @> '[{"kind": "list"}]' as is_listed
        from risk.assessments as assessed
        where assessed.transaction_date >= p_from
            and assessed.transaction_date < p_until
    )
    select
        payment.payment_id,
        payment.customer_id,
        payment.merchant_id,
        (payment.amount * 1000)::bigint as thousandths,
        payment.currency::varchar as currency,
        payment.payment_method,
        coalesce(first_move.previous_status, payment.payment_status) as payment_status,
        payment.transaction_date,
        customer.country as customer_country,
        customer.risk_category as customer_risk,
        customer.credit_score,
        merchant.country as merchant_country,
        merchant.business_type,
        label.is_fraud,
        label.known_at,
        payment.risk_score,
        payment.is_suspicious,
        assessment.decision,
        payment.is_suspicious
            and (coalesce(label.is_by_analyst, false) or coalesce(assessment.is_listed, false))
            as is_flag_kept
    from public.payments as payment
    left join public.customers as customer on customer.customer_id = payment.customer_id
    left join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
    left join first_move on first_move.payment_id = payment.payment_id
    left join label on label.payment_id = payment.payment_id
    left join assessment on assessment.payment_id = payment.payment_id
    where payment.transaction_date >= p_from
        and payment.transaction_date < p_until;
$$;

comment on function pipeline.list_stored_payments(timestamptz, timestamptz) is
    'Stored payments of a half-open time with their parties, labels and scores, each in the status that it came with. Unordered: the caller orders by transaction_date and payment_id.';
