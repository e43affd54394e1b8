-- Fills temp_settling_span (terms of merchants) and temp_settling (their SUCCESS payments that no settlement has yet), temporary
-- tables that settle_merchants works on.
-- Payments are those of the due batches, and older ones of merchants that are settled from an earlier day on than before.
-- Grain: none. Reads: ops.batches, payments, settlement_payments, terms. Called by: settle_merchants.
create function pipeline.gather_unsettled(
    p_as_of date,
    p_due_batches bigint[],
    p_looked_at_batches bigint[],
    p_merchant_ids text[],
    p_settles_from date[],
    p_seen_from date[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '128MB'
set default_statistics_target = '10'
set jit = off
as $$
declare
    v_has_older boolean;
    v_range record;
begin
    create temporary table temp_settling_span on commit drop as
    select
        (row_number() over ())::int as span_number,
        span.merchant_id,
        merchant.seen_from,
        span.terms_id,
        span.valid_from,
        span.valid_until,
        greatest(span.starts_at, pipeline.day_start(merchant.settles_from)) as starts_at,
        span.ends_at,
        span.cycle,
        span.week_day,
        span.time_zone,
        span.day_shift,
        span.reserve_percent,
        span.reserve_days,
        span.delay_days,
        span.delay_kind,
        coalesce(span.calendar, '') as calendar,
        exists (
            select
            from settlement.fees as fee
            where fee.merchant_id = span.merchant_id
        ) as has_fees,
        -- The processing day under way at the beginning of p_as_of: those before it are complete.
        pipeline.processing_day(
            pipeline.day_start(p_as_of), span.time_zone, span.day_shift, '-infinity', 'infinity'
        ) as current_day
    from pipeline.list_terms_spans(p_merchant_ids) as span
    inner join unnest(p_merchant_ids, p_settles_from, p_seen_from)
        as merchant (merchant_id, settles_from, seen_from)
        on merchant.merchant_id = span.merchant_id;
    analyze temp_settling_span;

    create temporary table temp_settling (
        payment_id varchar(50) collate "C",
        transaction_date timestamptz,
        span_number int,
        currency char(3) collate "C",
        payment_method varchar(20) collate "C",
        amount numeric,
        batch_id bigint,
        processing_day date,
        is_complete boolean
    ) on commit drop;

    -- Older payments are those of batches that are not due: before the first run there are none.
    v_has_older := exists (
        select
        from unnest(p_settles_from, p_seen_from) as merchant (settles_from, seen_from)
        where merchant.settles_from < coalesce(merchant.seen_from, 'infinity')
    ) and exists (
        select
        from ops.batches as batch
        where batch.loaded_at is not null
            and not batch.batch_id = any (p_due_batches)
    );

    -- Neighbouring batches are read as one range of the block index, one statement each: in one for all, the planner
    -- may prefer to read every payment there is. Gaps split a range, so that an old batch that comes due again
    -- does not pull in everything since; what lies before the first day that waits is settled and not read again.
    for v_range in
        with due as (
            select
                batch.batch_id,
                batch.unsettled_from,
                batch.batch_id - lag(batch.batch_id, 1, 0) over (order by batch.batch_id) > 100
                    as is_apart
            from ops.batches as batch
            where batch.batch_id = any (p_due_batches)
        ),
        numbered as (
            select
                due.batch_id,
                due.unsettled_from,
                count(*) filter (where due.is_apart) over (order by due.batch_id) as range_number
            from due
        )
        select
            min(numbered.batch_id) as first_batch,
            max(numbered.batch_id) as last_batch,
            pipeline.day_start(
                case when v_has_older then '-infinity' else min(numbered.unsettled_from) end
            ) as starts_at
        from numbered
        group by numbered.range_number
        order by first_batch
    loop
        insert into temp_settling
        select
            payment.payment_id,
            payment.transaction_date,
            span.span_number,
            payment.currency,
            coalesce(payment.payment_method, ''),
            payment.amount,
            payment.batch_id,
            day.processing_day,
            day.processing_day < span.current_day
        from (
            select loaded.*
            from public.payments as loaded
            where loaded.batch_id >= v_range.first_batch
                and loaded.batch_id <= v_range.last_batch
                and loaded.transaction_date >= v_range.starts_at
                -- The sum keeps the list out of the block index, which would be read once for each batch.
                and loaded.batch_id + 0 = any (p_due_batches)
                and loaded.payment_status = 'SUCCESS'
            -- Keeps the planner from reading them merchant by merchant.
            offset 0
        ) as payment
        inner join temp_settling_span as span
            on span.merchant_id = payment.merchant_id
            and payment.transaction_date >= span.starts_at
            and payment.transaction_date < span.ends_at
        cross join lateral (
            select pipeline.processing_day(
                payment.transaction_date,
                span.time_zone,
                span.day_shift,
                span.valid_from,
                span.valid_until
            ) as processing_day
        ) as day;
    end loop;

    -- No payment of a batch that no run has looked at is settled. A value that is asked for is looked up payment by payment;
    -- exists would let the planner read all links there are.
    if p_looked_at_batches <> '{}' then
        delete from temp_settling as payment
        where payment.batch_id = any (p_looked_at_batches)
            and (
                select link.payment_id
                from public.settlement_payments as link
                where link.payment_id = payment.payment_id
            ) is not null;
    end if;

    if v_has_older then
        insert into temp_settling
        select
            payment.payment_id,
            payment.transaction_date,
            span.span_number,
            payment.currency,
            coalesce(payment.payment_method, ''),
            payment.amount,
            payment.batch_id,
            day.processing_day,
            day.processing_day < span.current_day
        from temp_settling_span as span
        inner join public.payments as payment
            on payment.merchant_id = span.merchant_id
            and payment.transaction_date >= span.starts_at
            and payment.transaction_date < span.ends_at
            and payment.transaction_date < pipeline.day_start(coalesce(span.seen_from, 'infinity'))
        cross join lateral (
            select pipeline.processing_day(
                payment.transaction_date,
                span.time_zone,
                span.day_shift,
                span.valid_from,
                span.valid_until
            ) as processing_day
        ) as day
        where span.starts_at < pipeline.day_start(coalesce(span.seen_from, 'infinity'))
            and payment.payment_status = 'SUCCESS'
            and not payment.batch_id = any (p_due_batches)
            and not exists (
                select
                from public.settlement_payments as link
                where link.payment_id = payment.payment_id
            );
    end if;
    analyze temp_settling (span_number, currency, payment_method, processing_day, batch_id);
end;
$$;

comment on function pipeline.gather_unsettled(date, bigint[], bigint[], text[], date[], date[]) is
    'Fills the temporary tables temp_settling_span and temp_settling with the payments of these merchants that a settle run has to place.';
