-- Puts every SUCCESS payment of a completed processing day, of merchants that we settle, into a settlement, once.
-- A payment belongs to its merchant's settlement of its currency and of the period of its processing day, by the terms
-- that hold at its instant. A PENDING settlement takes payments that arrive late, and those of a week or month grows day
-- by day; a COMPLETED or FAILED one never changes: what comes late for it goes to the earliest later PENDING one, else
-- to a new one for the period of the last completed day, else it waits.
-- The cost follows the new payments: ops.batches.unsettled_from says which batches still have any (a batch becomes
-- visible together with its payments, so none is missed whatever the order of commits), and ops.settled_merchants for
-- which merchants older payments have become due. Whoever makes a stored payment SUCCESS makes its batch due again
-- (follow_moves). At the end payments that were refunded or disputed before they were settled get their adjustments, and
-- reserves and balances are carried on (balance_settlements).
-- Each row is computed once and written once: payments with their day, days with their settlement, links.
-- Grain: one row. Reads: ops.batches, payments, merchants, terms and fees, settlements, settlement_payments.
-- Called by: SettleStage.
create function pipeline.settle_payments(
    p_as_of date
) returns table (
    settlements_added bigint,
    settlements_recomputed bigint,
    payments_settled bigint
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '128MB'
-- Of temporary tables: a rough picture will do, and taking a fine one costs as much as reading the payments.
set default_statistics_target = '10'
set jit = off
as $$
declare
    v_due bigint[];
    v_looked_at bigint[];
    v_range record;
begin
    perform pipeline.lock_settlements();

    select
        coalesce(array_agg(batch.batch_id), '{}'),
        coalesce(array_agg(batch.batch_id) filter (where batch.unsettled_from > '-infinity'), '{}')
    into
        v_due,
        v_looked_at
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

    create temporary table settling_span on commit drop as
    select
        span.merchant_id,
        span.terms_id,
        span.valid_from,
        span.valid_until,
        greatest(span.starts_at, pipeline.day_start(merchant.settles_from)) as starts_at,
        span.ends_at,
        span.cycle,
        span.week_day,
        span.delay_days,
        span.delay_kind,
        span.calendar,
        span.time_zone,
        span.day_shift,
        -- The processing day under way at the beginning of p_as_of: those before it are complete.
        pipeline.processing_day(
            pipeline.day_start(p_as_of), span.time_zone, span.day_shift, '-infinity', 'infinity'
        ) as current_day
    from pipeline.list_terms_spans(
        array(
            select merchant.merchant_id
            from settling_merchant as merchant
        )
    ) as span
    inner join settling_merchant as merchant on merchant.merchant_id = span.merchant_id;
    analyze settling_merchant, settling_span;

    create temporary table settling on commit drop as
    select
        payment.payment_id,
        payment.transaction_date,
        payment.merchant_id,
        payment.currency,
        payment.payment_method,
        payment.amount,
        payment.batch_id,
        null::date as processing_day,
        null::boolean as is_complete
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
            payment.payment_method,
            payment.amount,
            payment.batch_id,
            day.processing_day,
            day.processing_day < span.current_day
        from public.payments as payment
        inner join settling_span as span
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
        ) as day
        where payment.batch_id >= v_range.first_batch
            and payment.batch_id <= v_range.last_batch
            -- The sum keeps the list out of the block index, which would be read once for each batch.
            and payment.batch_id + 0 = any (v_due)
            and payment.payment_status = 'SUCCESS';
    end loop;

    -- Older payments are those of batches that are not due: before the first run there are none.
    if exists (
        select
        from settling_merchant as merchant
        where merchant.settles_from < coalesce(merchant.seen_from, 'infinity')
    ) and exists (
        select
        from ops.batches as batch
        where batch.loaded_at is not null
            and not batch.batch_id = any (v_due)
    ) then
        insert into settling
        select
            payment.payment_id,
            payment.transaction_date,
            payment.merchant_id,
            payment.currency,
            payment.payment_method,
            payment.amount,
            payment.batch_id,
            day.processing_day,
            day.processing_day < span.current_day
        from settling_merchant as merchant
        inner join public.payments as payment
            on payment.merchant_id = merchant.merchant_id
                and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
                and payment.transaction_date < pipeline.day_start(
                    coalesce(merchant.seen_from, 'infinity')
                )
        inner join settling_span as span
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
        ) as day
        where merchant.settles_from < coalesce(merchant.seen_from, 'infinity')
            and payment.payment_status = 'SUCCESS'
            and not payment.batch_id = any (v_due)
            and not exists (
                select
                from public.settlement_payments as link
                where link.payment_id = payment.payment_id
            );
    end if;
    analyze settling (merchant_id, currency, processing_day, batch_id);

    -- No payment of a batch that no run has looked at is settled.
    if v_looked_at <> '{}' then
        delete from settling as payment
        where payment.batch_id = any (v_looked_at)
            and exists (
                select
                from public.settlement_payments as link
                where link.payment_id = payment.payment_id
            );
    end if;

    -- Days with their periods; is_candidate: without payments, yet late ones may open a settlement there.
    create temporary table settling_day on commit drop as
    with day as (
        select
            payment.merchant_id,
            payment.currency,
            payment.processing_day
        from settling as payment
        where payment.is_complete
        group by
            payment.merchant_id,
            payment.currency,
            payment.processing_day
    ),
    of_period as (
        select
            day.merchant_id,
            day.currency,
            day.processing_day,
            span.terms_id,
            pipeline.period_start(
                span.cycle, span.week_day, day.processing_day, span.valid_from
            ) as period_start,
            pipeline.period_end(
                span.cycle, span.week_day, day.processing_day, span.valid_until
            ) as period_end
        from day
        inner join settling_span as span
            on span.merchant_id = day.merchant_id
            and day.processing_day >= span.valid_from
            and day.processing_day < span.valid_until
    )
    select
        of_period.merchant_id,
        of_period.currency,
        of_period.processing_day,
        of_period.terms_id,
        of_period.period_start,
        of_period.period_end,
        own.status,
        case when coalesce(own.status, 'PENDING') = 'PENDING' then of_period.period_start end
            as placed_in,
        false as is_candidate
    from of_period
    left join public.settlements as own
        on own.merchant_id = of_period.merchant_id
        and own.currency = of_period.currency
        and own.period_start = of_period.period_start;
    analyze settling_day;

    if exists (
        select
        from settling_day as day
        where day.placed_in is null
    ) then
        insert into settling_day
        select
            late.merchant_id,
            late.currency,
            last_day.processing_day,
            span.terms_id,
            period.period_start,
            period.period_end,
            null,
            null,
            true
        from (
            select distinct
                day.merchant_id,
                day.currency
            from settling_day as day
            where day.placed_in is null
        ) as late
        inner join settling_span as current_span
            on current_span.merchant_id = late.merchant_id
            and pipeline.day_start(p_as_of) >= current_span.starts_at
            and pipeline.day_start(p_as_of) < current_span.ends_at
        cross join lateral (
            select greatest(
                current_span.valid_from,
                least(current_span.current_day, current_span.valid_until)
            ) - 1 as processing_day
        ) as last_day
        inner join settling_span as span
            on span.merchant_id = late.merchant_id
            and last_day.processing_day >= span.valid_from
            and last_day.processing_day < span.valid_until
        cross join lateral (
            select
                pipeline.period_start(
                    span.cycle, span.week_day, last_day.processing_day, span.valid_from
                ) as period_start,
                pipeline.period_end(
                    span.cycle, span.week_day, last_day.processing_day, span.valid_until
                ) as period_end
        ) as period
        where not exists (
            select
            from public.settlements as taken
            where taken.merchant_id = late.merchant_id
                and taken.currency = late.currency
                and taken.period_start = period.period_start
        );
        create index on settling_day (merchant_id, currency, period_start) where status is null;

        update settling_day as late
        set placed_in = coalesce(later.period_start, last_period.period_start)
        from settling_day as closed
        left join lateral (
            select min(candidate.period_start) as period_start
            from (
                select open.period_start
                from public.settlements as open
                where open.merchant_id = closed.merchant_id
                    and open.currency = closed.currency
                    and open.period_start > closed.period_start
                    and open.status = 'PENDING'
                union all
                select new.period_start
                from settling_day as new
                where new.merchant_id = closed.merchant_id
                    and new.currency = closed.currency
                    and new.period_start > closed.period_start
                    and new.status is null
                    and not new.is_candidate
            ) as candidate
        ) as later
            on true
        left join lateral (
            select candidate.period_start
            from settling_day as candidate
            where candidate.merchant_id = closed.merchant_id
                and candidate.currency = closed.currency
                and candidate.period_start > closed.period_start
                and candidate.status is null
                and candidate.is_candidate
        ) as last_period
            on true
        where closed.placed_in is null
            and not closed.is_candidate
            and late.merchant_id = closed.merchant_id
            and late.currency = closed.currency
            and late.processing_day = closed.processing_day
            and not late.is_candidate;
    end if;

    create temporary table settling_fee on commit drop as
    with paid as (
        select
            payment.merchant_id,
            payment.currency,
            coalesce(payment.payment_method, '') as payment_method
        from settling as payment
        where payment.is_complete
        group by
            payment.merchant_id,
            payment.currency,
            coalesce(payment.payment_method, '')
    ),
    asked as (
        select
            array_agg(paid.merchant_id) as merchant_ids,
            array_agg(paid.currency) as currencies,
            array_agg(paid.payment_method) as payment_methods
        from paid
    )
    select fee.*
    from asked
    cross join lateral pipeline.list_fee_spans(
        asked.merchant_ids, asked.currencies, asked.payment_methods
    ) as fee;
    analyze settling_fee;

    create temporary table settling_target on commit drop as
    with placed as (
        select
            day.merchant_id,
            day.currency,
            day.placed_in as period_start
        from settling_day as day
        where day.placed_in is not null
        group by
            day.merchant_id,
            day.currency,
            day.placed_in
    ),
    period as (
        select distinct
            day.merchant_id,
            day.currency,
            day.period_start,
            day.period_end,
            day.terms_id
        from settling_day as day
        where day.status is null
    ),
    -- Business days are looked up once for each day and delay, not for each merchant.
    expected as (
        select
            delay.period_end,
            delay.delay_days,
            delay.delay_kind,
            delay.calendar,
            pipeline.expected_date(
                delay.period_end - 1,
                delay.delay_days,
                delay.delay_kind,
                nullif(delay.calendar, '')
            ) as expected_date
        from (
            select distinct
                period.period_end,
                coalesce(terms.delay_days, 2) as delay_days,
                coalesce(terms.delay_kind, 'calendar') as delay_kind,
                coalesce(terms.calendar, '') as calendar
            from period
            left join settlement.terms as terms on terms.terms_id = period.terms_id
        ) as delay
    ),
    rate as (
        select distinct
            fee.merchant_id,
            fee.valid_from,
            fee.valid_until,
            fee.commission_rate
        from settling_fee as fee
    )
    select
        pipeline.settlement_id(placed.merchant_id, placed.currency, placed.period_start)
            as settlement_id,
        placed.merchant_id,
        placed.currency,
        placed.period_start,
        period.period_end,
        period.terms_id,
        expected.expected_date,
        coalesce(own.commission_rate, rate.commission_rate) as commission_rate,
        own.settlement_id is null as is_new
    from placed
    left join public.settlements as own
        on own.merchant_id = placed.merchant_id
        and own.currency = placed.currency
        and own.period_start = placed.period_start
    left join period
        on period.merchant_id = placed.merchant_id
        and period.currency = placed.currency
        and period.period_start = placed.period_start
    left join settlement.terms as terms on terms.terms_id = period.terms_id
    left join expected
        on expected.period_end = period.period_end
        and expected.delay_days = coalesce(terms.delay_days, 2)
        and expected.delay_kind = coalesce(terms.delay_kind, 'calendar')
        and expected.calendar = coalesce(terms.calendar, '')
    left join rate
        on rate.merchant_id = placed.merchant_id
        and placed.period_start >= rate.valid_from
        and placed.period_start < rate.valid_until;
    analyze settling_target;

    create temporary table settling_place on commit drop as
    select
        day.merchant_id,
        day.currency,
        day.processing_day,
        target.settlement_id,
        target.commission_rate
    from settling_day as day
    inner join settling_target as target
        on target.merchant_id = day.merchant_id
        and target.currency = day.currency
        and target.period_start = day.placed_in
    where not day.is_candidate;
    analyze settling_place;

    create temporary table settling_line on commit drop as
    select
        payment.payment_id,
        payment.transaction_date,
        place.settlement_id,
        payment.amount,
        fee.fee_id,
        case
            when fee.fee_id is not null then pipeline.fee(
                payment.amount, fee.percent, fee.fixed_amount, fee.minimum_amount
            )
            when fee.commission_rate <> place.commission_rate
                then pipeline.fee(payment.amount, fee.commission_rate, 0, 0)
        end as fee_amount
    from settling as payment
    inner join settling_place as place
        on place.merchant_id = payment.merchant_id
        and place.currency = payment.currency
        and place.processing_day = payment.processing_day
    inner join settling_fee as fee
        on fee.merchant_id = payment.merchant_id
        and fee.currency = payment.currency
        and fee.payment_method = coalesce(payment.payment_method, '')
        and payment.processing_day >= fee.valid_from
        and payment.processing_day < fee.valid_until
    where payment.is_complete;

    create temporary table settling_total on commit drop as
    select
        line.settlement_id,
        sum(line.amount) as total_amount,
        count(*) as payment_count,
        coalesce(sum(line.amount) filter (where line.fee_amount is not null), 0) as priced_amount,
        coalesce(sum(line.fee_amount), 0) as priced_fees
    from settling_line as line
    group by line.settlement_id;
    analyze settling_total;

    -- Commission is computed from the whole new total, so that a settlement is rounded once however it grew.
    with grown as (
        select
            own.settlement_id,
            own.total_amount + total.total_amount as total_amount,
            own.payment_count + total.payment_count as payment_count,
            own.priced_amount + total.priced_amount as priced_amount,
            own.priced_fees + total.priced_fees as priced_fees,
            pipeline.commission(
                own.total_amount + total.total_amount - own.priced_amount - total.priced_amount,
                own.commission_rate,
                own.priced_fees + total.priced_fees,
                currency.minor_digits
            ) as commission_amount
        from settling_target as target
        inner join settling_total as total on total.settlement_id = target.settlement_id
        inner join public.settlements as own on own.settlement_id = target.settlement_id
        inner join public.currencies as currency on currency.currency = own.currency
        where not target.is_new
    )
    update public.settlements as settlement
    set
        total_amount = grown.total_amount,
        commission_amount = grown.commission_amount,
        net_amount = grown.total_amount - grown.commission_amount + settlement.adjustment_amount,
        payment_count = grown.payment_count,
        priced_amount = grown.priced_amount,
        priced_fees = grown.priced_fees,
        updated_at = now()
    from grown
    where settlement.settlement_id = grown.settlement_id;
    get diagnostics settlements_recomputed = row_count;

    insert into public.settlements (
        settlement_id,
        merchant_id,
        currency,
        period_start,
        period_end,
        expected_settlement_date,
        total_amount,
        commission_rate,
        commission_amount,
        net_amount,
        payment_count,
        priced_amount,
        priced_fees,
        terms_id,
        reserve_amount,
        adjustment_amount,
        is_generated
    )
    select
        target.settlement_id,
        target.merchant_id,
        target.currency,
        target.period_start,
        target.period_end,
        target.expected_date,
        total.total_amount,
        target.commission_rate,
        charged.commission_amount,
        total.total_amount - charged.commission_amount - charged.held_amount,
        total.payment_count,
        total.priced_amount,
        total.priced_fees,
        target.terms_id,
        -charged.held_amount,
        -charged.held_amount,
        merchant.is_generated
    from settling_target as target
    inner join settling_total as total on total.settlement_id = target.settlement_id
    inner join public.merchants as merchant on merchant.merchant_id = target.merchant_id
    inner join public.currencies as currency on currency.currency = target.currency
    left join settlement.terms as terms on terms.terms_id = target.terms_id
    cross join lateral (
        select
            pipeline.commission(
                total.total_amount - total.priced_amount,
                target.commission_rate,
                total.priced_fees,
                currency.minor_digits
            ) as commission_amount,
            coalesce(
                pipeline.reserve(
                    total.total_amount, terms.reserve_percent, currency.minor_digits
                ),
                0
            ) as held_amount
    ) as charged
    where target.is_new
    order by target.settlement_id;
    get diagnostics settlements_added = row_count;
    insert into settlement.reserves (settlement_id, merchant_id, currency, amount, release_from)
    select
        target.settlement_id,
        target.merchant_id,
        target.currency,
        pipeline.reserve(total.total_amount, terms.reserve_percent, currency.minor_digits),
        target.period_end + terms.reserve_days
    from settling_target as target
    inner join settlement.terms as terms on terms.terms_id = target.terms_id
    inner join settling_total as total on total.settlement_id = target.settlement_id
    inner join public.currencies as currency on currency.currency = target.currency
    where target.is_new
        and pipeline.reserve(total.total_amount, terms.reserve_percent, currency.minor_digits) > 0
    order by target.settlement_id;

    insert into public.settlement_payments (
        payment_id,
        transaction_date,
        settlement_id,
        fee_id,
        fee_amount
    )
    select
        line.payment_id,
        line.transaction_date,
        line.settlement_id,
        line.fee_id,
        line.fee_amount
    from settling_line as line
    order by line.payment_id;
    get diagnostics payments_settled = row_count;
    if payments_settled >= 10000 then
        perform pipeline.analyze_settlements();
    end if;

    create temporary table settling_wait on commit drop as
    select
        payment.batch_id,
        min((payment.transaction_date at time zone 'UTC')::date) as payment_date
    from settling as payment
    where not payment.is_complete
    group by payment.batch_id;
    if exists (
        select
        from settling_day as day
        where day.placed_in is null
            and not day.is_candidate
    ) then
        insert into settling_wait
        select
            payment.batch_id,
            min((payment.transaction_date at time zone 'UTC')::date)
        from settling_day as day
        inner join settling as payment
            on payment.merchant_id = day.merchant_id
            and payment.currency = day.currency
            and payment.processing_day = day.processing_day
        where day.placed_in is null
            and not day.is_candidate
            and payment.is_complete
        group by payment.batch_id;
    end if;
    with waiting as (
        select
            wait.batch_id,
            min(wait.payment_date) as payment_date
        from settling_wait as wait
        group by wait.batch_id
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
            select line.payment_id
            from settling_line as line
            where line.payment_id in (
                select refund.payment_id
                from public.refunds as refund
                union all
                select dispute.payment_id
                from public.disputes as dispute
            )
        )
    );
    perform pipeline.hold_reserves(
        array(
            select target.settlement_id
            from settling_target as target
            inner join public.settlements as settlement
                on settlement.settlement_id = target.settlement_id
            inner join settlement.terms as terms on terms.terms_id = settlement.terms_id
            where not target.is_new
                and terms.reserve_percent > 0
        )
    );
    perform pipeline.redate_settlements();
    perform pipeline.carry_balances(p_as_of);
    drop table
        settling_wait, settling_total, settling_line, settling_place, settling_target,
        settling_fee, settling_day, settling, settling_span, settling_merchant;
    return next;
end;
$$;

comment on function pipeline.settle_payments(date) is
    'Settles SUCCESS payments of completed processing days, each once; returns settlements added and recomputed, and payments settled.';
