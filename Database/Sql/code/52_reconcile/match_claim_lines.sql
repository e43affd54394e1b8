-- Finds, for the bucket's lines of refunds and chargebacks, ours of the same payment and amount: the first line with the first
-- refund, and so on; equal ones are interchangeable. A payment that is REFUNDED without a refund has given all of it back. What
-- comes back is of a refund that failed (returned) or of a dispute that was won (won).
-- Grain: one line, in the session's table temp_matching_claim. Reads: temp_matching_line (match_lines), refunds, disputes,
-- reconciliation.line_matches, match_group_items, proposals, proposal_items. Called by: match_lines.
create function pipeline.match_claim_lines() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
begin
    create temporary table temp_matching_claim as
    with line as (
        select
            line.line_id,
            line.processor,
            line.account,
            line.merchant_id,
            line.payment_id,
            line.payment_currency,
            line.amount as payment_amount,
            line.is_refunded,
            line.kind,
            line.actual_amount as amount,
            row_number() over (
                partition by line.payment_id, line.kind, line.actual_amount
                order by
                    line.occurred_at,
                    line.line_id
            ) as place
        from temp_matching_line as line
        where line.kind <> 'payment'
            and line.verdict not in ('unknown', 'foreign')
    ),
    claimed as (
        select distinct
            line.payment_id,
            line.payment_currency,
            line.payment_amount,
            line.is_refunded
        from line
    ),
    own_refund as (
        select
            refund.*,
            refund.refund_status in ('failed', 'canceled') as is_returned
        from claimed
        inner join public.refunds as refund
            on refund.payment_id = claimed.payment_id
    ),
    own_dispute as (
        select dispute.*
        from claimed
        inner join public.disputes as dispute
            on dispute.payment_id = claimed.payment_id
        where dispute.dispute_status in ('needs_response', 'under_review', 'won', 'lost')
    ),
    claim as (
        select
            'refund' as kind,
            'refund' as item_kind,
            refund.refund_id as item_key,
            refund.payment_id,
            - refund.amount as amount,
            refund.refund_date as claimed_at
        from own_refund as refund
        -- What failed was never given back, unless the processor says that it came back.
        where not refund.is_returned
            or exists (
                select
                from line as back
                where back.kind = 'returned'
                    and back.payment_id = refund.payment_id
                    and back.amount = refund.amount
            )
            or exists (
                select
                from reconciliation.line_matches as back
                where back.item_key = refund.refund_id
                    and back.item_kind = 'returned'
            )
        union all
        select
            'returned',
            'returned',
            refund.refund_id,
            refund.payment_id,
            refund.amount,
            refund.refund_date
        from own_refund as refund
        where refund.is_returned
        union all
        select
            'refund',
            'refunded',
            claimed.payment_id,
            claimed.payment_id,
            - claimed.payment_amount,
            '-infinity'
        from claimed
        where claimed.is_refunded
            and not exists (
                select
                from own_refund as refund
                where refund.payment_id = claimed.payment_id
            )
        union all
        select
            'dispute',
            'dispute',
            dispute.dispute_id,
            dispute.payment_id,
            - dispute.amount,
            dispute.dispute_date
        from own_dispute as dispute
        union all
        select
            'won',
            'won',
            dispute.dispute_id,
            dispute.payment_id,
            dispute.amount,
            dispute.dispute_date
        from own_dispute as dispute
        where dispute.dispute_status = 'won'
    ),
    open_claim as (
        select
            claim.*,
            row_number() over (
                partition by claim.payment_id, claim.kind, claim.amount
                order by
                    claim.claimed_at,
                    claim.item_key
            ) as place
        from claim
        where not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = claim.item_key
                and item.item_kind = claim.item_kind
                and item.level = 'payment'
                and item.is_standing
        )
            and not exists (
                select
                from reconciliation.line_matches as match
                where match.item_key = claim.item_key
                    and match.item_kind = claim.item_kind
            )
    )
    select
        line.line_id,
        line.processor,
        line.account,
        line.merchant_id,
        line.payment_currency as currency,
        line.amount,
        open_claim.item_kind,
        open_claim.item_key
    from line
    inner join open_claim
        on open_claim.payment_id = line.payment_id
            and open_claim.kind = line.kind
            and open_claim.amount = line.amount
            and open_claim.place = line.place
    where not exists (
        select
        from reconciliation.proposal_items as theirs
        inner join reconciliation.proposal_items as ours
            on ours.proposal_id = theirs.proposal_id
                and ours.item_key = open_claim.item_key
                and ours.item_kind = open_claim.item_kind
        inner join reconciliation.proposals as proposal
            on proposal.proposal_id = theirs.proposal_id
        where theirs.item_key = line.line_id::text
            and theirs.item_kind = 'line'
            and proposal.status = 'rejected'
    );
end;
$$;

comment on function pipeline.match_claim_lines() is
    'Makes the session''s table of refund and chargeback lines with the refunds and disputes that they are.';
