-- Decides over staged refunds or disputes what the store must tell: their payment, and what is known of them.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.claims, public.payments, payment_keys, refunds, disputes, ops.payment_history, ops.imports.
-- Called by: ValidateStage, first in the batch's transaction.
--
-- Marks in staging what becomes of each record; upsert_claims does it. The lock `parties` alone: a refund moves
-- payments, as an update of them does, and what is judged here must still be so there.
create function pipeline.validate_claims(
    p_batch_id bigint,
    p_header text[]
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[]
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
declare
    v_kind text;
    v_since timestamptz;
    v_until timestamptz;
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    select min(staged.kind)
    into v_kind
    from staging.claims as staged
    where staged.batch_id = p_batch_id;

    create temporary table temp_claimed_key on commit drop as
    select
        known.payment_id,
        known.transaction_date
    from (
        select distinct staged.payment_id
        from staging.claims as staged
        where staged.batch_id = p_batch_id
    ) as wanted
    inner join public.payment_keys as known on known.payment_id = wanted.payment_id;
    analyze temp_claimed_key;
    -- Known before the next statement is planned: it then meets only the partitions that it needs.
    select
        min(claimed_key.transaction_date),
        max(claimed_key.transaction_date)
    into
        v_since,
        v_until
    from temp_claimed_key as claimed_key;

    -- What may still be refunded (room), what has been, and which status a refund takes the payment from or back to;
    -- none where it has failed, or where its own record says that it is refunded.
    create temporary table temp_claimed_payment on commit drop as
    select
        payment.payment_id,
        payment.transaction_date,
        payment.amount,
        payment.currency,
        payment.payment_status = 'FAILED' as is_failed,
        payment.amount - refunded.live as room,
        refunded.done as refunded,
        case
            when payment.payment_status in ('SUCCESS', 'PENDING') then payment.payment_status
            when payment.payment_status = 'REFUNDED' and latest.refund_id is not null
                then latest.previous_status
        end as status_without_refund
    from temp_claimed_key as claimed_key
    inner join public.payments as payment
        on payment.payment_id = claimed_key.payment_id
        and payment.transaction_date = claimed_key.transaction_date
    cross join lateral (
        select
            coalesce(
                sum(refund.amount) filter (
                    where refund.refund_status not in ('failed', 'canceled')
                ),
                0
            ) as live,
            coalesce(
                sum(refund.amount) filter (where refund.refund_status = 'succeeded'), 0
            ) as done
        from public.refunds as refund
        where refund.payment_id = claimed_key.payment_id
    ) as refunded
    left join lateral (
        select
            move.refund_id,
            move.previous_status
        from ops.payment_history as move
        where move.payment_id = claimed_key.payment_id
        order by move.move_id desc
        limit 1
    ) as latest on true
    where payment.transaction_date >= v_since
        and payment.transaction_date <= v_until;
    analyze temp_claimed_payment;

    create temporary table temp_claim on commit drop as
    with judged as (
        select
            staged.record_number,
            staged.line_number,
            staged.claim_id,
            staged.payment_id,
            staged.amount,
            staged.claim_status,
            row(
                staged.payment_id,
                staged.amount,
                staged.currency,
                staged.claimed_at
            )::text as content,
            staged.reason,
            'reason' = any (staged.given) as gives_reason,
            stored.claim_status as stored_status,
            stored.reason as stored_reason,
            case
                when stored.claim_id is not null then row(
                    stored.payment_id,
                    stored.amount::numeric(18, 3),
                    stored.currency,
                    stored.claimed_at
                )::text
            end as stored_content,
            payment.amount as paid,
            payment.is_failed,
            payment.room,
            payment.refunded,
            payment.status_without_refund,
            coalesce(staged.reasons, '{}')
                || case
                    when staged.payment_id is null or payment.payment_id is not null then '{}'
                    when known.payment_id is null then array['payment_id.unknown']
                    -- What is known of a payment that is archived may be said again.
                    when stored.claim_status = staged.claim_status then '{}'
                    else array['payment_id.archived']
                end
                || case
                    when staged.currency <> payment.currency then array['currency.mismatch']
                    else '{}'
                end
                || case
                    -- A day without a time stands for all of that day.
                    when staged.claimed_at < payment.transaction_date
                        and staged.claimed_at
                            <> date_trunc('day', payment.transaction_date, 'UTC')
                        then array[v_kind || '_date.before_payment']
                    else '{}'
                end as refusals
        from staging.claims as staged
        left join temp_claimed_key as known on known.payment_id = staged.payment_id
        left join temp_claimed_payment as payment on payment.payment_id = staged.payment_id
        left join pipeline.list_claims() as stored
            on stored.kind = v_kind
            and stored.claim_id collate "C" = staged.claim_id
        where staged.batch_id = p_batch_id
    ),
    -- Where one id is given to several payments, these are judged as one.
    tied as (
        select
            judged.*,
            judged.refusals = '{}' as is_well_formed,
            min(judged.payment_id) filter (where judged.refusals = '{}') over of_claim
                <> max(judged.payment_id) filter (where judged.refusals = '{}') over of_claim
                as is_tied
        from judged
        window of_claim as (partition by judged.claim_id)
    ),
    grouped as (
        select
            tied.*,
            case
                when bool_or(tied.is_tied) over (partition by tied.payment_id) then ''
                else tied.payment_id
            end as judged_with
        from tied
    )
    select
        grouped.*,
        case
            when grouped.is_well_formed then row_number() over (
                partition by
                    grouped.is_well_formed,
                    grouped.judged_with
                order by grouped.record_number
            )
        end::int as turn,
        null::text as verdict,
        null::text as status_before,
        null::text as status_after,
        null::text as content_after,
        null::text as reason_after,
        null::numeric as room_after,
        null::numeric as refunded_after,
        null::text as payment_from,
        null::text as payment_to
    from grouped;
    create index on temp_claim (turn);
    create index on temp_claim (claim_id, turn);
    create index on temp_claim (payment_id, turn);
    analyze temp_claim;

    perform pipeline.judge_claims(p_batch_id, v_kind);

    update staging.claims as staged
    set
        reasons = case
            when claim.refusals <> '{}' or claim.verdict like '%.%' then pipeline.order_reasons(
                claim.refusals
                    || case
                        when claim.verdict like '%.%' then array[claim.verdict]
                        else '{}'
                    end,
                p_header
            )
        end,
        outcome = case when claim.verdict not like '%.%' then claim.verdict end,
        status_before = claim.status_before,
        payment_from = claim.payment_from,
        payment_to = claim.payment_to
    from temp_claim as claim
    where staged.batch_id = p_batch_id
        and staged.record_number = claim.record_number;
    drop table temp_claim, temp_claimed_payment, temp_claimed_key;

    return query
        select
            staged.record_number,
            staged.line_number,
            staged.reasons
        from staging.claims as staged
        where staged.batch_id = p_batch_id
            and staged.reasons is not null
        order by staged.record_number;
end;
$$;

comment on function pipeline.validate_claims(bigint, text[]) is
    'Refused refunds or disputes of a staged batch with all their reasons; marks in staging what becomes of the others.';
