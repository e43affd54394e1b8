-- Decides what the records of an update mean to payments that are known: a move, a duplicate, or a refusal.
-- Grain: none. Reads: staging.payments, public.payments, payment_keys, ops.payment_history, ops.batches,
-- ops.imports.
-- Called by: validate_payments, with the records that could not claim their keys; it holds the lock `parties` alone.
--
-- A record must say the same of customer, merchant, amount, currency, method and date; else it is refused as a conflict. Records of
-- one payment count in file order, those of an id that is new in this batch after its first.
-- The status that a payment has already is a duplicate. So is the status that the payment had at the same line of the
-- same file (by content), as long as its latest move came from that file too: it is the file sent again. And so is the
-- content that its key holds where a refund has moved the payment since: its source says nothing new.
-- Moves go to staging.payment_moves; what the lifecycle does not allow is marked status.transition, what is not the
-- same and of an archived payment payment_id.archived: its month is to be restored first.
create function pipeline.judge_moves(
    p_batch_id bigint,
    p_lane smallint,
    p_unclaimed bigint[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_same_file bigint[];
    v_since timestamptz;
    v_until timestamptz;
begin
    truncate staging.payment_moves;
    select array_agg(batch.batch_id)
    into v_same_file
    from ops.batches as own
    inner join ops.imports as this on this.import_id = own.import_id
    inner join ops.imports as import on import.content_sha256 = this.content_sha256
    inner join ops.batches as batch on batch.import_id = import.import_id
    where own.batch_id = p_batch_id;

    -- Known before the next statement is planned: it then meets only the partitions that it needs.
    select
        min(staged.transaction_date),
        max(staged.transaction_date)
    into
        v_since,
        v_until
    from staging.payments as staged
    where staged.lane = p_lane
        and staged.batch_id = p_batch_id
        and staged.reasons is null;

    create temporary table temp_judged on commit drop as
    with record as materialized (
        select staged.*
        from staging.payments as staged
        inner join unnest(p_unclaimed) as unclaimed (record_number)
            on unclaimed.record_number = staged.record_number
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
    ),
    known as materialized (
        select
            payment.payment_id,
            payment.customer_id,
            payment.merchant_id,
            payment.amount,
            payment.currency,
            payment.payment_method,
            payment.payment_status,
            payment.transaction_date
        from (
            select distinct
                record.payment_id,
                record.transaction_date
            from record
        ) as wanted
        inner join public.payments as payment
            on payment.payment_id = wanted.payment_id
            and payment.transaction_date = wanted.transaction_date
        where payment.transaction_date >= v_since
            and payment.transaction_date <= v_until
        union all
        select
            staged.payment_id,
            staged.customer_id,
            staged.merchant_id,
            staged.amount,
            staged.currency,
            staged.payment_method,
            staged.payment_status,
            staged.transaction_date
        from staging.payments as staged
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and staged.reasons is null
            and not exists (
                select
                from record
                where record.record_number = staged.record_number
            )
    )
    select
        record.record_number,
        record.line_number,
        record.payment_id,
        record.transaction_date,
        record.payment_status,
        record.failure_reason,
        record.content_hash,
        known.payment_status as status_before,
        false as is_move,
        false as is_duplicate
    from record
    inner join known
        on known.payment_id = record.payment_id
        and known.transaction_date = record.transaction_date
        and known.customer_id = record.customer_id
        and known.merchant_id = record.merchant_id
        and known.amount = record.amount
        and known.currency = record.currency
        and known.payment_method is not distinct from record.payment_method;
    analyze temp_judged;

    -- Each turn finds the next move of every payment; a lifecycle is short, however many records there are.
    loop
        with next_move as (
            select distinct on (record.payment_id)
                record.payment_id,
                record.record_number,
                record.payment_status
            from temp_judged as record
            where not record.is_move
                and pipeline.is_lifecycle_move(record.status_before, record.payment_status)
            order by
                record.payment_id,
                record.record_number
        )
        update temp_judged as record
        set
            is_move = record.record_number = next_move.record_number,
            status_before = case
                when record.record_number = next_move.record_number then record.status_before
                else next_move.payment_status
            end
        from next_move
        where next_move.payment_id = record.payment_id
            and next_move.record_number <= record.record_number;
        exit when not found;
    end loop;

    update temp_judged as record
    set is_duplicate = true
    where not record.is_move
        and (
            record.payment_status = record.status_before
            or exists (
                select
                from public.payment_keys as known
                where known.payment_id = record.payment_id
                    and known.content_hash = record.content_hash
                    and (
                        select
                            move.refund_id is not null
                            and move.new_status = 'REFUNDED'
                        from ops.payment_history as move
                        where move.payment_id = record.payment_id
                        order by move.move_id desc
                        limit 1
                    )
            )
            or record.payment_status = (
                select
                    case
                        when bool_or(move.new_status = record.status_before)
                            then coalesce(
                                (
                                    array_agg(move.new_status order by move.line_number desc)
                                        filter (where move.line_number <= record.line_number)
                                )[1],
                                (array_agg(move.previous_status order by move.line_number))[1]
                            )
                    end
                from ops.payment_history as move
                where move.payment_id = record.payment_id
                    and move.batch_id = any (v_same_file)
            )
        );

    insert into staging.payment_moves (
        batch_id,
        record_number,
        line_number,
        payment_id,
        transaction_date,
        previous_status,
        new_status,
        failure_reason,
        content_hash
    )
    select
        p_batch_id,
        record.record_number,
        record.line_number,
        record.payment_id,
        record.transaction_date,
        record.status_before,
        record.payment_status,
        record.failure_reason,
        record.content_hash
    from temp_judged as record
    where record.is_move
    order by
        record.payment_id,
        record.record_number;

    insert into staging.payment_verdicts (lane, record_number, verdict)
    select
        p_lane,
        unclaimed.record_number,
        case
            when record.is_move then 'move'
            when record.is_duplicate then 'duplicate'
            else 'refused'
        end
    from unnest(p_unclaimed) as unclaimed (record_number)
    left join temp_judged as record on record.record_number = unclaimed.record_number;

    update staging.payments as staged
    set reasons = array['status.transition']
    from temp_judged as record
    where staged.lane = p_lane
        and staged.record_number = record.record_number
        and not record.is_move
        and not record.is_duplicate;
    drop table temp_judged;
    perform pipeline.judge_archived(p_batch_id, p_lane);
end;
$$;

comment on function pipeline.judge_moves(bigint, smallint, bigint[]) is
    'Judges the records of an update that are not new against payments that are known: stages moves, gives each its verdict, marks what the lifecycle refuses.';
