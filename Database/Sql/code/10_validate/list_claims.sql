-- Refunds and disputes by what they have in common: a claim on a payment's money.
-- Grain: one refund or dispute. Reads: public.refunds, public.disputes.
-- Called by: validate_claims, find_rollup_differences.
create function pipeline.list_claims() returns table (
    kind varchar,
    claim_id varchar,
    payment_id varchar,
    amount numeric,
    currency char,
    claim_status varchar,
    reason varchar,
    claimed_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        'refund' as kind,
        refund.refund_id as claim_id,
        refund.payment_id,
        refund.amount,
        refund.currency,
        refund.refund_status as claim_status,
        refund.reason,
        refund.refund_date as claimed_at
    from public.refunds as refund
    union all
    select
        'dispute',
        dispute.dispute_id,
        dispute.payment_id,
        dispute.amount,
        dispute.currency,
        dispute.dispute_status,
        dispute.reason,
        dispute.dispute_date
    from public.disputes as dispute;
$$;

comment on function pipeline.list_claims() is
    'Refunds and disputes as one list. Unordered.';
