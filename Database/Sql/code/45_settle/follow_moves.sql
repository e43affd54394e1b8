-- Lets settlements follow payments that have become SUCCESS or REFUNDED.
-- Grain: none. Reads: staging.changed_payments (the payments that moved, as they are now), payments,
-- settlement_payments, settlements. Called by: move_payments.
--
-- A payment that became SUCCESS makes the batch that loaded it due again: the next settle run finds it there.
-- A refunded one leaves a PENDING settlement together with its adjustments; the settlement is recomputed, or goes when it
-- holds nothing more. A COMPLETED or FAILED settlement never changes: what is left of the gross amount is taken back by the
-- next open one (adjust_payments), the commission is kept.
create function pipeline.follow_moves() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if not exists (
        select
        from staging.changed_payments as moved
        where moved.payment_status in ('SUCCESS', 'REFUNDED')
    ) then
        return;
    end if;
    -- A settle run under way has read its batches: it must end before one of them is due again.
    perform pipeline.lock_settlements();

    with due as (
        select
            payment.batch_id,
            min(moved.payment_date) as payment_date
        from staging.changed_payments as moved
        inner join public.payments as payment
            on payment.payment_id = moved.payment_id
            and payment.transaction_date = moved.transaction_date
        where moved.payment_status = 'SUCCESS'
        group by payment.batch_id
    )
    update ops.batches as batch
    set unsettled_from = least(batch.unsettled_from, due.payment_date)
    from due
    where batch.batch_id = due.batch_id;

    create temporary table temp_leaving on commit drop as
    select
        link.settlement_id,
        moved.payment_id,
        moved.amount
    from staging.changed_payments as moved
    inner join public.settlement_payments as link on link.payment_id = moved.payment_id
    inner join public.settlements as settlement on settlement.settlement_id = link.settlement_id
    where moved.payment_status = 'REFUNDED'
        and settlement.status = 'PENDING';
    analyze temp_leaving;

    delete from public.settlement_payments as link
    using temp_leaving as leaving
    where link.payment_id = leaving.payment_id;

    delete from public.settlement_adjustments as adjustment
    using temp_leaving as leaving
    where adjustment.payment_id = leaving.payment_id;

    perform pipeline.refresh_settlements(
        array(
            select distinct leaving.settlement_id
            from temp_leaving as leaving
        )
    );
    perform pipeline.hold_reserves(
        array(
            select distinct leaving.settlement_id
            from temp_leaving as leaving
        )
    );

    -- A settlement of nothing is never paid, and would be late for ever.
    delete from public.settlements as settlement
    using temp_leaving as leaving
    where settlement.settlement_id = leaving.settlement_id
        and settlement.payment_count = 0
        and not exists (
            select
            from public.settlement_adjustments as adjustment
            where adjustment.settlement_id = settlement.settlement_id
        )
        and not exists (
            select
            from settlement.reserves as reserve
            where reserve.released_in = settlement.settlement_id
        )
        and not exists (
            select
            from settlement.carries as carry
            where carry.carried_to = settlement.settlement_id
        );
    drop table temp_leaving;

    perform pipeline.adjust_payments(
        array(
            select moved.payment_id
            from staging.changed_payments as moved
            where moved.payment_status = 'REFUNDED'
        )
    );
end;
$$;

comment on function pipeline.follow_moves() is
    'Makes payments that became SUCCESS findable for settling, takes refunded ones out of open settlements, and has closed ones'' refunds taken back.';
