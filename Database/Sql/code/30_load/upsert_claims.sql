-- Takes judged refunds or disputes over: new ones are added, known ones moved, and payments, settlements and labels follow.
-- Grain: one row. Reads: staging.claims, public.payment_keys. Called by: LoadStage, after validate_claims.
--
-- Succeeded refunds that add up to their payment move it to REFUNDED, one of them that fails moves it back: as records of
-- an update do (move_payments). The key keeps the hash of the payment's own record, which thus stays known as it is.
-- The settlements are locked first: a settle run sees a payment with all of its refunds or before them.
create function pipeline.upsert_claims(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
begin
    perform pipeline.lock_settlements();
    select
        count(*) filter (where staged.outcome in ('new', 'move')),
        count(*) filter (where staged.outcome = 'duplicate')
    into
        accepted,
        duplicates
    from staging.claims as staged
    where staged.batch_id = p_batch_id;
    if accepted = 0 then
        return;
    end if;

    insert into ops.claim_history (
        kind,
        claim_id,
        previous_status,
        new_status,
        batch_id,
        line_number
    )
    select
        staged.kind,
        staged.claim_id,
        staged.status_before,
        staged.claim_status,
        staged.batch_id,
        staged.line_number
    from staging.claims as staged
    where staged.batch_id = p_batch_id
        and staged.outcome in ('new', 'move')
    order by staged.record_number;

    create temporary table temp_latest_claim on commit drop as
    select distinct on (staged.claim_id)
        staged.kind,
        staged.claim_id,
        staged.payment_id,
        staged.amount,
        staged.currency,
        staged.claim_status,
        first_value(staged.reason) over of_claim as reason,
        staged.claimed_at,
        first_value(staged.line_number) over of_claim as line_number
    from staging.claims as staged
    where staged.batch_id = p_batch_id
        and staged.outcome in ('new', 'move')
    window of_claim as (
        partition by staged.claim_id
        order by staged.record_number
    )
    order by
        staged.claim_id,
        staged.record_number desc;

    insert into public.refunds as known (
        refund_id,
        payment_id,
        amount,
        currency,
        refund_status,
        reason,
        refund_date,
        batch_id,
        line_number
    )
    select
        latest.claim_id,
        latest.payment_id,
        latest.amount,
        latest.currency,
        latest.claim_status,
        latest.reason,
        latest.claimed_at,
        p_batch_id,
        latest.line_number
    from temp_latest_claim as latest
    where latest.kind = 'refund'
    order by latest.claim_id
    on conflict on constraint refunds_pkey do update set
        refund_status = excluded.refund_status,
        updated_at = now();

    insert into public.disputes as known (
        dispute_id,
        payment_id,
        amount,
        currency,
        dispute_status,
        reason,
        dispute_date,
        batch_id,
        line_number
    )
    select
        latest.claim_id,
        latest.payment_id,
        latest.amount,
        latest.currency,
        latest.claim_status,
        latest.reason,
        latest.claimed_at,
        p_batch_id,
        latest.line_number
    from temp_latest_claim as latest
    where latest.kind = 'dispute'
    order by latest.claim_id
    on conflict on constraint disputes_pkey do update set
        dispute_status = excluded.dispute_status,
        updated_at = now();

    truncate staging.payment_moves;
    insert into staging.payment_moves (
        batch_id,
        record_number,
        line_number,
        payment_id,
        transaction_date,
        previous_status,
        new_status,
        refund_id
    )
    select
        staged.batch_id,
        staged.record_number,
        staged.line_number,
        known.payment_id,
        known.transaction_date,
        staged.payment_from,
        staged.payment_to,
        staged.claim_id
    from staging.claims as staged
    inner join public.payment_keys as known on known.payment_id = staged.payment_id
    where staged.batch_id = p_batch_id
        and staged.payment_to is not null
    order by
        known.payment_id,
        staged.record_number;
    perform pipeline.move_payments(p_batch_id);

    perform pipeline.adjust_payments(
        array(
            select distinct latest.payment_id
            from temp_latest_claim as latest
        )
    );
    perform pipeline.label_disputes(p_batch_id);
    drop table temp_latest_claim;
end;
$$;

comment on function pipeline.upsert_claims(bigint) is
    'Adds or moves the judged refunds or disputes of a batch, with payments, settlements and labels; returns how many records changed something and how many nothing.';
