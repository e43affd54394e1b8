-- Decides what the records of an update mean to payments that are archived: a duplicate, or a refusal.
-- Grain: one value, the duplicates. Reads: staging.payments, staging.payment_verdicts, public.payment_keys, payments,
-- ops.archived_months. Called by: judge_moves, for the records that it knows nothing about.
--
-- The key tells whether a record says what the payment said last; anything else would have to change the file.
create function pipeline.judge_archived(
    p_batch_id bigint,
    p_lane smallint
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_duplicates bigint;
begin
    if not exists (
        select
        from ops.archived_months as archive
        where archive.status = 'archived'
    ) then
        return 0;
    end if;

    create temporary table archived_record on commit drop as
    select
        staged.record_number,
        known.content_hash = staged.content_hash as is_same
    from staging.payments as staged
    inner join public.payment_keys as known on known.payment_id = staged.payment_id
    inner join public.customers as customer on customer.customer_id = staged.customer_id
    inner join public.merchants as merchant on merchant.merchant_id = staged.merchant_id
    where staged.lane = p_lane
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
            from staging.payment_verdicts as verdict
            inner join staging.payments as accepted
                on accepted.lane = p_lane
                and accepted.record_number = verdict.record_number
            where verdict.lane = p_lane
                and not verdict.is_duplicate
                and accepted.payment_id = staged.payment_id
        );

    insert into staging.payment_verdicts (lane, record_number, is_duplicate)
    select
        p_lane,
        record.record_number,
        true
    from archived_record as record
    where record.is_same;
    get diagnostics v_duplicates = row_count;

    update staging.payments as staged
    set reasons = array['payment_id.archived']
    from archived_record as record
    where staged.lane = p_lane
        and staged.record_number = record.record_number
        and not record.is_same;
    drop table archived_record;
    return v_duplicates;
end;
$$;

comment on function pipeline.judge_archived(bigint, smallint) is
    'Gives records of an update their verdict where they repeat an archived payment, marks others about one payment_id.archived; returns the duplicates.';
