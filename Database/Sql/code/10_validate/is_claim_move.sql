-- The lifecycle of refunds and disputes.
-- Grain: one pair of statuses. Reads: nothing. Called by: judge_claims.
--
-- A refund under way succeeds, fails or is canceled; one that has succeeded may still fail, and the money comes back.
-- An inquiry is closed, prevented, or becomes a chargeback; a chargeback is reviewed, then won or lost for good.
create function pipeline.is_claim_move(
    p_kind text,
    p_from text,
    p_to text
) returns boolean
language sql
immutable
parallel safe
as $$
    select (p_kind, p_from, p_to) in (
        ('refund', 'requires_action', 'pending'),
        ('refund', 'requires_action', 'succeeded'),
        ('refund', 'requires_action', 'failed'),
        ('refund', 'requires_action', 'canceled'),
        ('refund', 'pending', 'succeeded'),
        ('refund', 'pending', 'failed'),
        ('refund', 'pending', 'canceled'),
        ('refund', 'succeeded', 'failed'),
        ('dispute', 'warning_needs_response', 'warning_under_review'),
        ('dispute', 'warning_needs_response', 'warning_closed'),
        ('dispute', 'warning_needs_response', 'prevented'),
        ('dispute', 'warning_needs_response', 'needs_response'),
        ('dispute', 'warning_needs_response', 'under_review'),
        ('dispute', 'warning_needs_response', 'won'),
        ('dispute', 'warning_needs_response', 'lost'),
        ('dispute', 'warning_under_review', 'warning_closed'),
        ('dispute', 'warning_under_review', 'prevented'),
        ('dispute', 'warning_under_review', 'needs_response'),
        ('dispute', 'warning_under_review', 'under_review'),
        ('dispute', 'warning_under_review', 'won'),
        ('dispute', 'warning_under_review', 'lost'),
        ('dispute', 'needs_response', 'under_review'),
        ('dispute', 'needs_response', 'won'),
        ('dispute', 'needs_response', 'lost'),
        ('dispute', 'under_review', 'won'),
        ('dispute', 'under_review', 'lost')
    );
$$;

comment on function pipeline.is_claim_move(text, text, text) is
    'Whether a refund or dispute (p_kind) may go from one status to another.';
