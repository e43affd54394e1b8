-- Decides what the records of an update mean to payments that are archived: a duplicate, or a refusal.
-- Grain: none. Reads: staging.payments, staging.payment_verdicts, public.payment_keys, payments, ops.archived_months.
-- Called by: judge_moves, for the records that it has refused because it knows nothing about them.
--
-- The key tells whether a record says what the payment said last; anything else would have to change the file.
create function pipeline.judge_archived(
    p_batch_id bigint,
    p_lane smallint
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if not exists (
        select
        from ops.archived_months as archive
        where archive.status = 'archived'
    ) then
        return;
    end if;

    create temporary table temp_archived_record on commit drop as
    select
        staged.record_number,
        known.content_hash = staged.content_hash as is_same
    from staging.payment_verdicts as verdict
    inner join staging.payments as staged on staged.record_number = verdict.record_number
    inner join public.payment_keys as known on known.payment_id = staged.payment_id
    where verdict.lane = p_lane
        and verdict.verdict = 'refused'
        and staged.lane = p_lane
        and staged.batch_id = p_batch_id
        and staged.reasons is null
        and pipeline.is_archived(known.transaction_date)
        and not exists (
            select
            from public.payments as payment
            where payment.payment_id = known.payment_id
                and payment.transaction_date = known.transaction_date
        )
        -- The key of a payment that is new in this batch is claimed, and the payment is not in the store yet.
        and not exists (
            select
            from staging.payments as new
            where new.lane = p_lane
                and new.batch_id = p_batch_id
                and new.reasons is null
                and new.payment_id = staged.payment_id
                and not exists (
                    select
                    from staging.payment_verdicts as other
                    where other.lane = p_lane
                        and other.record_number = new.record_number
                )
        );

    update staging.payment_verdicts as verdict
    set verdict = 'duplicate'
    from temp_archived_record as record
    where verdict.lane = p_lane
        and verdict.record_number = record.record_number
        and record.is_same;

    update staging.payments as staged
    set reasons = array['payment_id.archived']
    from temp_archived_record as record
    where staged.lane = p_lane
        and staged.record_number = record.record_number
        and not record.is_same;
    drop table temp_archived_record;
end;
$$;

comment on function pipeline.judge_archived(bigint, smallint) is
    'Gives records of an update that repeat an archived payment their verdict, and marks others about one payment_id.archived.';
