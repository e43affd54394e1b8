-- Decides over the well-formed records of a batch of refunds or disputes, those of a payment in file order.
-- Grain: none; fills the verdict of the temporary table claim: new, move, duplicate, or why it is refused.
-- Reads: temp_claim (made by validate_claims), ops.claim_history, ops.batches, ops.imports.
-- Called by: validate_claims; it holds the lock `parties` alone.
--
-- Each turn judges the next record of every payment by what the turns before left: turns are as many as the
-- records of the payment that has most, however many payments there are.
-- The first word about an id brings it. The same word again is a duplicate; another status, all else unchanged, is a
-- move of an update; so is nothing else. The status that the claim had at the same line of the same file (by content),
-- as long as a move of that file is its latest, is the file sent again: a duplicate, as for payments (judge_moves).
create function pipeline.judge_claims(
    p_batch_id bigint,
    p_kind text
) returns void
language plpgsql
-- The same few rows turn by turn: planned once.
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    v_is_update boolean;
    v_same_file bigint[];
    v_turn int;
begin
    select
        this.mode = 'update',
        array_agg(batch.batch_id)
    into
        v_is_update,
        v_same_file
    from ops.batches as own
    inner join ops.imports as this on this.import_id = own.import_id
    inner join ops.imports as import on import.content_sha256 = this.content_sha256
    inner join ops.batches as batch on batch.import_id = import.import_id
    where own.batch_id = p_batch_id
    group by this.mode;

    for v_turn in 1 .. (select coalesce(max(claim.turn), 0) from temp_claim as claim) loop
        with before as (
            select
                record.*,
                coalesce(same_claim.content_after, record.stored_content) as content_before,
                coalesce(same_claim.reason_after, record.stored_reason) as known_reason,
                coalesce(same_claim.status_after, record.stored_status) as known_status,
                coalesce(same_payment.room_after, record.room) as room_before,
                coalesce(same_payment.refunded_after, record.refunded) as refunded_before
            from temp_claim as record
            left join lateral (
                select
                    earlier.content_after,
                    earlier.reason_after,
                    earlier.status_after
                from temp_claim as earlier
                where earlier.claim_id = record.claim_id
                    and earlier.turn < v_turn
                order by earlier.turn desc
                limit 1
            ) as same_claim on true
            left join lateral (
                select
                    earlier.room_after,
                    earlier.refunded_after
                from temp_claim as earlier
                where earlier.payment_id = record.payment_id
                    and earlier.turn < v_turn
                order by earlier.turn desc
                limit 1
            ) as same_payment on true
            where record.turn = v_turn
        ),
        decided as (
            select
                before.*,
                case
                    when before.content_before is null then
                        case
                            when before.is_failed and p_kind = 'refund'
                                then 'payment_id.not_refundable'
                            when before.is_failed then 'payment_id.not_disputable'
                            when p_kind = 'refund'
                                and before.claim_status not in ('failed', 'canceled')
                                and before.amount > before.room_before
                                then 'amount.exceeds_payment'
                            else 'new'
                        end
                    when before.content <> before.content_before
                        or (
                            before.gives_reason
                            and before.reason is distinct from before.known_reason
                        )
                        then p_kind || '_id.conflict'
                    when before.claim_status = before.known_status then 'duplicate'
                    when not v_is_update then p_kind || '_id.conflict'
                    when pipeline.is_claim_move(p_kind, before.known_status, before.claim_status)
                        then 'move'
                    when before.claim_status = (
                        select
                            case
                                when bool_or(move.new_status = before.known_status)
                                    then coalesce(
                                        (
                                            array_agg(
                                                move.new_status order by move.line_number desc
                                            ) filter (where move.line_number <= before.line_number)
                                        )[1],
                                        (
                                            array_agg(
                                                move.previous_status order by move.line_number
                                            )
                                        )[1]
                                    )
                            end
                        from ops.claim_history as move
                        where move.claim_id = before.claim_id
                            and move.kind = p_kind
                            and move.batch_id = any (v_same_file)
                    ) then 'duplicate'
                    else 'status.transition'
                end as decision
            from before
        ),
        counted as (
            select
                decided.*,
                case
                    when p_kind = 'refund' and decided.decision in ('new', 'move') then
                        decided.amount * (
                            (decided.claim_status not in ('failed', 'canceled'))::int
                            - coalesce(
                                (decided.known_status not in ('failed', 'canceled'))::int, 0
                            )
                        )
                    else 0
                end as room_taken,
                case
                    when p_kind = 'refund' and decided.decision in ('new', 'move') then
                        decided.amount * (
                            (decided.claim_status = 'succeeded')::int
                            - coalesce((decided.known_status = 'succeeded')::int, 0)
                        )
                    else 0
                end as newly_refunded
            from decided
        )
        update temp_claim as record
        set
            verdict = counted.decision,
            status_before = counted.known_status,
            status_after = case
                when counted.decision in ('new', 'move') then counted.claim_status
                else counted.known_status
            end,
            content_after = case
                when counted.decision = 'new' then counted.content
                else counted.content_before
            end,
            reason_after = case
                when counted.decision = 'new' then counted.reason
                else counted.known_reason
            end,
            room_after = counted.room_before - counted.room_taken,
            refunded_after = counted.refunded_before + counted.newly_refunded,
            payment_from = case
                when counted.newly_refunded > 0
                    and counted.refunded_before + counted.newly_refunded = counted.paid
                    then counted.status_without_refund
                when counted.newly_refunded < 0
                    and counted.refunded_before = counted.paid
                    and counted.status_without_refund is not null
                    then 'REFUNDED'
            end,
            payment_to = case
                when counted.newly_refunded > 0
                    and counted.refunded_before + counted.newly_refunded = counted.paid
                    and counted.status_without_refund is not null
                    then 'REFUNDED'
                when counted.newly_refunded < 0 and counted.refunded_before = counted.paid
                    then counted.status_without_refund
            end
        from counted
        where record.turn = v_turn
            and record.record_number = counted.record_number;
    end loop;
end;
$$;

comment on function pipeline.judge_claims(bigint, text) is
    'Judges the well-formed refunds or disputes (p_kind) of a batch turn by turn: new, move, duplicate or refused, and what each does to its payment.';
