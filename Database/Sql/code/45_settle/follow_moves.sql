-- Lets settlements follow payments that have become SUCCESS or REFUNDED.
-- Grain: none. Reads: staging.scored_payments (lane 0: the payments that moved, as they are now), payments,
-- settlement_payments, settlements, merchants, currencies. Called by: move_payments.
--
-- A payment that became SUCCESS makes the batch that loaded it due again: the next settle run finds it there.
-- A refunded one leaves a PENDING settlement, which is recomputed, or goes when it holds nothing more. A COMPLETED
-- or FAILED settlement never changes: the gross amount is taken back by the next open one, the commission is kept.
create function pipeline.follow_moves() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_left text[];
begin
    if not exists (
        select
        from staging.scored_payments as moved
        where moved.lane = 0
            and moved.payment_status in ('SUCCESS', 'REFUNDED')
    ) then
        return;
    end if;
    -- A settle run under way has read its batches: it must end before one of them is due again.
    perform pipeline.lock_settlements();

    with due as (
        select
            payment.batch_id,
            min(moved.payment_date) as payment_date
        from staging.scored_payments as moved
        inner join public.payments as payment
            on payment.payment_id = moved.payment_id
            and payment.transaction_date = moved.transaction_date
        where moved.lane = 0
            and moved.payment_status = 'SUCCESS'
        group by payment.batch_id
    )
    update ops.batches as batch
    set unsettled_from = least(batch.unsettled_from, due.payment_date)
    from due
    where batch.batch_id = due.batch_id;

    create temporary table refund on commit drop as
    select
        link.settlement_id,
        settlement.status = 'PENDING' as is_open,
        moved.payment_id,
        moved.merchant_id,
        moved.currency,
        moved.amount
    from staging.scored_payments as moved
    inner join public.settlement_payments as link on link.payment_id = moved.payment_id
    inner join public.settlements as settlement on settlement.settlement_id = link.settlement_id
    where moved.lane = 0
        and moved.payment_status = 'REFUNDED';
    analyze refund;
    select array_agg(distinct refund.settlement_id)
    into v_left
    from refund
    where refund.is_open;

    delete from public.settlement_payments as link
    using refund
    where refund.is_open
        and link.payment_id = refund.payment_id;

    with taken as (
        select
            refund.settlement_id,
            sum(refund.amount) as amount,
            count(*) as payment_count
        from refund
        where refund.is_open
        group by refund.settlement_id
    ),
    recomputed as (
        select
            settlement.settlement_id,
            settlement.total_amount - taken.amount as total_amount,
            settlement.payment_count - taken.payment_count as payment_count,
            merchant.commission_rate,
            pipeline.commission(
                settlement.total_amount - taken.amount,
                merchant.commission_rate,
                currency.minor_digits
            ) as commission_amount
        from taken
        inner join public.settlements as settlement
            on settlement.settlement_id = taken.settlement_id
        inner join public.merchants as merchant
            on merchant.merchant_id = settlement.merchant_id
        inner join public.currencies as currency
            on currency.currency = settlement.currency
    )
    update public.settlements as settlement
    set
        total_amount = recomputed.total_amount,
        payment_count = recomputed.payment_count,
        commission_rate = recomputed.commission_rate,
        commission_amount = recomputed.commission_amount,
        net_amount = recomputed.total_amount
            - recomputed.commission_amount
            + settlement.adjustment_amount,
        updated_at = now()
    from recomputed
    where settlement.settlement_id = recomputed.settlement_id;

    -- A settlement of nothing is never paid, and would be late for ever.
    delete from public.settlements as settlement
    where settlement.settlement_id = any (v_left)
        and settlement.payment_count = 0
        and not exists (
            select
            from public.settlement_adjustments as adjustment
            where adjustment.settlement_id = settlement.settlement_id
        );

    insert into public.settlement_adjustments (
        payment_id,
        merchant_id,
        currency,
        amount,
        settled_in
    )
    select
        refund.payment_id,
        refund.merchant_id,
        refund.currency,
        -refund.amount,
        refund.settlement_id
    from refund
    where not refund.is_open
    order by refund.payment_id;
    drop table refund;
    perform pipeline.carry_adjustments();
end;
$$;

comment on function pipeline.follow_moves() is
    'Makes payments that became SUCCESS findable for settling, takes refunded ones out of open settlements, and has closed ones'' refunds taken back.';
