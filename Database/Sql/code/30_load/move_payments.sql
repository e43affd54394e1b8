-- Moves stored payments along their lifecycle, and with them rollups, keys, history and settlements.
-- Grain: one value, the moves. Reads: staging.payment_moves, public.payments, public.customers.
-- Called by: load_batch, for an update, after the batch's new payments are in; upsert_claims, for refunds.
--
-- staging.changed_payments holds the payments that moved, first as they were counted, then as they
-- are; validate_payments or validate_claims holds the lock `parties` alone, so that nobody else uses it. A payment that moves twice in
-- a batch is counted once, with its last status.
-- Score and flag stay those of the insertion: no rule of 20_score looks at the payment's own status, and a later
-- payment was scored by what was known when it came. A failure reason stays with FAILED payments only.
create function pipeline.move_payments(
    p_batch_id bigint
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_moves bigint;
    v_since timestamptz;
    v_until timestamptz;
begin
    insert into ops.payment_history (
        payment_id,
        previous_status,
        new_status,
        batch_id,
        line_number,
        refund_id
    )
    select
        move.payment_id,
        move.previous_status,
        move.new_status,
        move.batch_id,
        move.line_number,
        move.refund_id
    from staging.payment_moves as move
    where move.batch_id = p_batch_id
    order by
        move.payment_id,
        move.record_number;
    get diagnostics v_moves = row_count;
    if v_moves = 0 then
        return v_moves;
    end if;

    create temporary table temp_moved on commit drop as
    select distinct on (move.payment_id)
        move.payment_id,
        move.transaction_date,
        first_value(move.previous_status) over of_payment as previous_status,
        move.new_status,
        move.failure_reason,
        move.content_hash
    from staging.payment_moves as move
    where move.batch_id = p_batch_id
    window of_payment as (
        partition by move.payment_id
        order by move.record_number
    )
    order by
        move.payment_id,
        move.record_number desc;
    analyze temp_moved;
    -- Known before the next statement is planned: it then meets only the partitions that it needs.
    select
        min(moved.transaction_date),
        max(moved.transaction_date)
    into
        v_since,
        v_until
    from temp_moved as moved;

    update public.payment_keys as known
    set content_hash = moved.content_hash
    from temp_moved as moved
    where known.payment_id = moved.payment_id
        and moved.content_hash is not null;

    truncate staging.changed_payments;
    with changed as (
        update public.payments as payment
        set
            payment_status = moved.new_status,
            failure_reason = case when moved.new_status = 'FAILED' then moved.failure_reason end,
            updated_at = now()
        from temp_moved as moved
        where payment.payment_id = moved.payment_id
            and payment.transaction_date = moved.transaction_date
            and payment.transaction_date >= v_since
            and payment.transaction_date <= v_until
        returning
            payment.*,
            moved.previous_status
    )
    insert into staging.changed_payments (
        payment_date,
        payment_id,
        customer_id,
        customer_country,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        risk_score,
        is_suspicious
    )
    select
        (changed.transaction_date at time zone 'UTC')::date,
        changed.payment_id,
        changed.customer_id,
        coalesce(customer.country, ''),
        changed.merchant_id,
        changed.amount,
        changed.currency,
        changed.payment_method,
        changed.previous_status,
        changed.transaction_date,
        changed.processing_time_seconds,
        changed.risk_score,
        changed.is_suspicious
    from changed
    left join public.customers as customer on customer.customer_id = changed.customer_id;

    perform pipeline.recount_changed(-1);
    update staging.changed_payments as changed
    set payment_status = moved.new_status
    from temp_moved as moved
    where changed.payment_id = moved.payment_id;
    perform pipeline.recount_changed(1);
    drop table temp_moved;

    perform pipeline.follow_moves();
    return v_moves;
end;
$$;

comment on function pipeline.move_payments(bigint) is
    'Moves stored payments as the batch''s records say, with history, keys, rollups and settlements; returns how many moves.';
