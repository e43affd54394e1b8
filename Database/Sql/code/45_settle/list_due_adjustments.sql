-- What refunds, disputes and statuses of given payments, if settled, take back, less the adjustments that are there.
-- Grain: one refund, dispute or refunded payment whose adjustments do not add up to what it takes back; none when all do.
-- Reads: refunds, disputes, settlement_payments, payments, settlement_adjustments, ops.archived_months.
-- Called by: adjust_payments, check_settlements.
--
-- Of a payment no more is taken back than it brought: succeeded refunds come first, then chargebacks that are not won,
-- then the payment's own status; each gets what those before it have left.
create function pipeline.list_due_adjustments(
    p_payment_ids text[]
) returns table (
    payment_id varchar,
    refund_id varchar,
    dispute_id varchar,
    settled_in varchar,
    merchant_id varchar,
    currency char,
    amount numeric
)
language sql
stable
parallel safe
as $$
    with settled as materialized (
        select
            link.payment_id,
            link.settlement_id,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.payment_status
        from public.settlement_payments as link
        inner join public.payments as payment
            on payment.payment_id = link.payment_id
            and payment.transaction_date = link.transaction_date
        where link.payment_id = any (p_payment_ids)
    ),
    claim as (
        select
            refund.payment_id,
            1 as place,
            refund.refund_id,
            null::varchar as dispute_id,
            refund.amount
        from public.refunds as refund
        where refund.payment_id = any (p_payment_ids)
            and refund.refund_status = 'succeeded'
        union all
        select
            dispute.payment_id,
            2,
            null,
            dispute.dispute_id,
            dispute.amount
        from public.disputes as dispute
        where dispute.payment_id = any (p_payment_ids)
            and dispute.dispute_status in ('needs_response', 'under_review', 'lost')
        union all
        select
            settled.payment_id,
            3,
            null,
            null,
            settled.amount
        from settled
        where settled.payment_status = 'REFUNDED'
    ),
    filled as (
        select
            settled.payment_id,
            settled.settlement_id,
            settled.merchant_id,
            settled.currency,
            settled.amount as paid,
            claim.refund_id,
            claim.dispute_id,
            claim.amount,
            sum(claim.amount) over (
                partition by claim.payment_id
                order by
                    claim.place,
                    claim.refund_id,
                    claim.dispute_id
            ) as claimed
        from settled
        inner join claim on claim.payment_id = settled.payment_id
    ),
    entry as (
        select
            filled.payment_id,
            filled.refund_id,
            filled.dispute_id,
            filled.settlement_id as settled_in,
            filled.merchant_id,
            filled.currency,
            least(filled.claimed, filled.paid)
                - least(filled.claimed - filled.amount, filled.paid) as amount
        from filled
        union all
        select
            adjustment.payment_id,
            adjustment.refund_id,
            adjustment.dispute_id,
            adjustment.settled_in,
            adjustment.merchant_id,
            adjustment.currency,
            adjustment.amount
        from public.settlement_adjustments as adjustment
        where adjustment.payment_id = any (p_payment_ids)
            -- Of an archived payment nothing changes until it is restored.
            and not exists (
                select
                from public.settlement_payments as link
                where link.payment_id = adjustment.payment_id
                    and pipeline.is_archived(link.transaction_date)
                    and not exists (
                        select
                        from public.payments as payment
                        where payment.payment_id = link.payment_id
                            and payment.transaction_date = link.transaction_date
                    )
            )
    )
    select
        entry.payment_id,
        entry.refund_id,
        entry.dispute_id,
        entry.settled_in,
        entry.merchant_id,
        entry.currency,
        -sum(entry.amount) as amount
    from entry
    group by
        entry.payment_id,
        entry.refund_id,
        entry.dispute_id,
        entry.settled_in,
        entry.merchant_id,
        entry.currency
    having sum(entry.amount) <> 0;
$$;

comment on function pipeline.list_due_adjustments(text[]) is
    'Amounts that adjustments of these payments, if they are settled, lack (negative: to be taken back), by refund, dispute, or neither for the payment''s own status. Unordered.';
