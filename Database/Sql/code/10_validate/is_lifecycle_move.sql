-- The lifecycle of a payment: PENDING becomes SUCCESS or FAILED, SUCCESS becomes REFUNDED; there is no way back.
-- Grain: one pair of statuses. Reads: nothing. Called by: judge_moves.
create function pipeline.is_lifecycle_move(
    p_from text,
    p_to text
) returns boolean
language sql
immutable
parallel safe
as $$
    select
        (p_from = 'PENDING' and p_to in ('SUCCESS', 'FAILED'))
        or (p_from = 'SUCCESS' and p_to = 'REFUNDED');
$$;

comment on function pipeline.is_lifecycle_move(text, text) is
    'Whether a payment may go from one status to another.';
