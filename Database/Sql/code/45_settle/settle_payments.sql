-- Puts every SUCCESS payment of a completed day, of merchants that we settle, into a settlement, once.
-- A payment belongs to its merchant's settlement of its currency and UTC day, expected two days later. A PENDING
-- settlement takes payments that arrive late and is recomputed; a COMPLETED or FAILED one never changes: what comes late
-- for it goes to the earliest later PENDING one, else to a new one for the last completed day, else it waits.
-- The cost follows the new payments: ops.batches.unsettled_from says which batches still have any (a batch becomes
-- visible together with its payments, so none is missed whatever the order of commits), and ops.settled_merchants for
-- which merchants older payments have become due. Whoever makes a stored payment SUCCESS makes its batch due again
-- (follow_moves). At the end payments that were refunded or disputed before they were settled get their adjustments, and
-- those that waited for an open settlement are carried by one.
-- Grain: one row. Reads: ops.batches, payments, merchants, settlements, settlement_payments. Called by: SettleStage.
create function pipeline.settle_payments(
    p_as_of date
) returns table (
    settlements_added bigint,
    settlements_recomputed bigint,
    payments_settled bigint
)
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_due bigint[];
    v_range record;
begin
    perform pipeline.lock_settlements();

    select coalesce(array_agg(batch.batch_id), '{}')
    into v_due
    from ops.batches as batch
    where batch.unsettled_from < p_as_of
        and batch.loaded_at is not null;

    -- As of one moment: a merchant that changes meanwhile is looked at by the next run.
    create temporary table settling_merchant on commit drop as
    select
        merchant.merchant_id,
        merchant.settles_from,
        seen.settles_from as seen_from
    from public.merchants as merchant
    left join ops.settled_merchants as seen
        on seen.merchant_id = merchant.merchant_id
    where merchant.settles_from is not null;

    create temporary table settling on commit drop as
    select
        payment.payment_id,
        payment.transaction_date,
        payment.merchant_id,
        payment.currency,
        payment.amount,
        payment.batch_id,
        null::date as payment_date,
        null::date as period_start
    from public.payments as payment
    with no data;

    -- Neighbouring batches are read as one range of the block index, one statement each: in one for all, the planner
    -- may prefer to read every payment there is. Gaps split a range, so that an old batch that comes due again
    -- does not pull in everything since.
    for v_range in
        with due as (
            select
                batch.batch_id,
                batch.batch_id - lag(batch.batch_id, 1, 0) over (order by batch.batch_id) > 100
                    as is_apart
            from unnest(v_due) as batch (batch_id)
        ),
        numbered as (
            select
                due.batch_id,
                count(*) filter (where due.is_apart) over (order by due.batch_id) as range_number
            from due
        )
        select
            min(numbered.batch_id) as first_batch,
            max(numbered.batch_id) as last_batch
        from numbered
        group by numbered.range_number
        order by first_batch
    loop
        insert into settling
        select
            payment.payment_id,
            payment.transaction_date,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.batch_id
        from public.payments as payment
        where payment.batch_id >= v_range.first_batch
            and payment.batch_id <= v_range.last_batch
            -- The sum keeps the list out of the block index, which would be read once for each batch.
            and payment.batch_id + 0 = any (v_due)
            and payment.payment_status = 'SUCCESS';
    end loop;

    if exists (
        select
        from settling_merchant as merchant
        where merchant.settles_from < coalesce(merchant.seen_from, 'infinity')
    ) then
        insert into settling
        select
            payment.payment_id,
            payment.transaction_date,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.batch_id
        from settling_merchant as merchant
        inner join public.payments as payment
            on payment.merchant_id = merchant.merchant_id
                and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
                and payment.transaction_date < pipeline.day_start(
                    coalesce(merchant.seen_from, 'infinity')
                )
        where merchant.settles_from < coalesce(merchant.seen_from, 'infinity')
            and payment.payment_status = 'SUCCESS'
            and not payment.batch_id = any (v_due);
    end if;
    analyze settling;

    update settling as payment
    set payment_date = (payment.transaction_date at time zone 'UTC')::date
    from settling_merchant as merchant
    where merchant.merchant_id = payment.merchant_id
        and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
        and not exists (
            select
            from public.settlement_payments as link
            where link.payment_id = payment.payment_id
        );
    delete from settling as payment
    where payment.payment_date is null;

    with day as (
        select distinct
            payment.merchant_id,
            payment.currency,
            payment.payment_date
        from settling as payment
        where payment.payment_date < p_as_of
    ),
    known as (
        select
            day.merchant_id,
            day.currency,
            day.payment_date,
            own.status
        from day
        left join public.settlements as own
            on own.merchant_id = day.merchant_id
                and own.currency = day.currency
                and own.period_start = day.payment_date
    ),
    placed as materialized (
        select
            known.merchant_id,
            known.currency,
            known.payment_date,
            case
                when coalesce(known.status, 'PENDING') = 'PENDING' then known.payment_date
                else coalesce(later.period_start, last_day.period_start)
            end as period_start
        from known
        left join lateral (
            select min(candidate.period_start) as period_start
            from (
                select open.period_start
                from public.settlements as open
                where open.merchant_id = known.merchant_id
                    and open.currency = known.currency
                    and open.period_start > known.payment_date
                    and open.status = 'PENDING'
                    and known.status in ('COMPLETED', 'FAILED')
                union all
                select new.payment_date
                from known as new
                where new.merchant_id = known.merchant_id
                    and new.currency = known.currency
                    and new.payment_date > known.payment_date
                    and new.status is null
                    and known.status in ('COMPLETED', 'FAILED')
            ) as candidate
        ) as later
            on true
        left join lateral (
            select p_as_of - 1 as period_start
            where known.status in ('COMPLETED', 'FAILED')
                and p_as_of - 1 > known.payment_date
                and not exists (
                    select
                    from public.settlements as taken
                    where taken.merchant_id = known.merchant_id
                        and taken.currency = known.currency
                        and taken.period_start = p_as_of - 1
                )
        ) as last_day
            on true
    )
    update settling as payment
    set period_start = placed.period_start
    from placed
    where placed.merchant_id = payment.merchant_id
        and placed.currency = payment.currency
        and placed.payment_date = payment.payment_date;
    analyze settling;

    with addition as (
        select
            payment.merchant_id,
            payment.currency,
            payment.period_start,
            sum(payment.amount) as total_amount,
            count(*) as payment_count
        from settling as payment
        where payment.period_start is not null
        group by
            payment.merchant_id,
            payment.currency,
            payment.period_start
    ),
    -- Commission is computed from the whole new total, so that a settlement is rounded once however it grew.
    settlement as (
        select
            addition.merchant_id,
            addition.currency,
            addition.period_start,
            addition.total_amount + coalesce(own.total_amount, 0) as total_amount,
            addition.payment_count + coalesce(own.payment_count, 0) as payment_count,
            coalesce(own.adjustment_amount, 0) as adjustment_amount,
            merchant.commission_rate,
            merchant.is_generated,
            pipeline.commission(
                addition.total_amount + coalesce(own.total_amount, 0),
                merchant.commission_rate,
                currency.minor_digits
            ) as commission_amount
        from addition
        inner join public.merchants as merchant
            on merchant.merchant_id = addition.merchant_id
        inner join public.currencies as currency
            on currency.currency = addition.currency
        left join public.settlements as own
            on own.merchant_id = addition.merchant_id
                and own.currency = addition.currency
                and own.period_start = addition.period_start
    ),
    written as (
        insert into public.settlements as stored (
            settlement_id,
            merchant_id,
            currency,
            period_start,
            period_end,
            expected_settlement_date,
            total_amount,
            commission_rate,
            commission_amount,
            adjustment_amount,
            net_amount,
            payment_count,
            is_generated
        )
        select
            pipeline.settlement_id(
                settlement.merchant_id, settlement.currency, settlement.period_start
            ),
            settlement.merchant_id,
            settlement.currency,
            settlement.period_start,
            settlement.period_start + 1,
            settlement.period_start + 2,
            settlement.total_amount,
            settlement.commission_rate,
            settlement.commission_amount,
            settlement.adjustment_amount,
            settlement.total_amount - settlement.commission_amount + settlement.adjustment_amount,
            settlement.payment_count,
            settlement.is_generated
        from settlement
        on conflict (merchant_id, currency, period_start) do update
        set
            total_amount = excluded.total_amount,
            commission_rate = excluded.commission_rate,
            commission_amount = excluded.commission_amount,
            net_amount = excluded.net_amount,
            payment_count = excluded.payment_count,
            updated_at = now()
        returning (stored.xmax = 0) as is_new
    )
    select
        count(*) filter (where written.is_new),
        count(*) filter (where not written.is_new)
    into settlements_added, settlements_recomputed
    from written;

    insert into public.settlement_payments (payment_id, transaction_date, settlement_id)
    select
        payment.payment_id,
        payment.transaction_date,
        pipeline.settlement_id(payment.merchant_id, payment.currency, payment.period_start)
    from settling as payment
    where payment.period_start is not null
    order by payment.payment_id;
    get diagnostics payments_settled = row_count;
    if payments_settled >= 10000 then
        perform pipeline.analyze_settlements();
    end if;

    with waiting as (
        select
            payment.batch_id,
            min(payment.payment_date) as payment_date
        from settling as payment
        where payment.period_start is null
        group by payment.batch_id
    ),
    looked_at as (
        select unnest(v_due) as batch_id
        union
        select waiting.batch_id
        from waiting
    )
    update ops.batches as batch
    set unsettled_from = case
        when batch.batch_id = any (v_due) then waiting.payment_date
        else least(batch.unsettled_from, waiting.payment_date)
    end
    from looked_at
    left join waiting
        on waiting.batch_id = looked_at.batch_id
    where batch.batch_id = looked_at.batch_id;

    delete from ops.settled_merchants as seen
    where not exists (
        select
        from settling_merchant as merchant
        where merchant.merchant_id = seen.merchant_id
    );
    insert into ops.settled_merchants as seen (merchant_id, settles_from)
    select
        merchant.merchant_id,
        merchant.settles_from
    from settling_merchant as merchant
    where merchant.settles_from is distinct from merchant.seen_from
    on conflict (merchant_id) do update
    set settles_from = excluded.settles_from;

    perform pipeline.adjust_payments(
        array(
            select payment.payment_id
            from settling as payment
            where payment.period_start is not null
                and payment.payment_id in (
                    select refund.payment_id
                    from public.refunds as refund
                    union all
                    select dispute.payment_id
                    from public.disputes as dispute
                )
        )
    );
    drop table settling, settling_merchant;
    return next;
end;
$$;

comment on function pipeline.settle_payments(date) is
    'Settles SUCCESS payments of completed days, each once; returns settlements added and recomputed, and payments settled.';
