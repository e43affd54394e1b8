-- Takes judged payouts over: new ones are added, known ones move on.
-- Grain: one row. Reads: temp_reported_payout (made by validate_payout_records), ops.batches.
-- Called by: LoadStage, after validate_payout_records.
create function pipeline.upsert_payout_records(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
as $$
declare
    v_import_id bigint;
begin
    select batch.import_id
    into v_import_id
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    select
        count(*) filter (where reported.outcome in ('new', 'changed')),
        count(*) filter (where reported.outcome = 'duplicate')
    into
        accepted,
        duplicates
    from temp_reported_payout as reported;

    insert into reconciliation.payouts as known (
        processor,
        payout_key,
        amount,
        currency,
        status,
        arrival_date,
        initiated_at,
        reference,
        is_stated,
        has_object,
        import_id,
        batch_id,
        line_number
    )
    select distinct on (reported.processor, reported.payout_key)
        reported.processor,
        reported.payout_key,
        reported.amount,
        reported.currency,
        reported.payout_status,
        reported.arrival_date,
        reported.initiated_at,
        reported.reference,
        true as is_stated,
        true as has_object,
        v_import_id,
        p_batch_id,
        reported.line_number
    from temp_reported_payout as reported
    where reported.outcome in ('new', 'changed')
    order by
        reported.processor,
        reported.payout_key,
        reported.record_number desc
    on conflict on constraint payouts_pkey do update set
        amount = excluded.amount,
        -- What lines alone told of the status was a guess.
        status = excluded.status,
        arrival_date = coalesce(excluded.arrival_date, known.arrival_date),
        initiated_at = excluded.initiated_at,
        reference = coalesce(excluded.reference, known.reference),
        is_stated = true,
        has_object = true,
        updated_at = now();
    drop table temp_reported_payout;
end;
$$;

comment on function pipeline.upsert_payout_records(bigint) is
    'Adds the judged payouts of a batch or moves them on; returns how many records changed something and how many nothing.';
