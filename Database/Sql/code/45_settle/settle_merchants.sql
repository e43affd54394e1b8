-- Settles what plan_settling found of some merchants: the work of settle_payments, which knows nothing of other merchants,
-- so that two connections can do a year's backlog at once.
-- A payment is read once into temp_settling and written once as a link; in between everything is a sum of days (temp_settling_day)
-- and then of settlements (temp_settling_target).
-- Grain: one row. Reads: gather_unsettled, fees and rates, settlements. Called by: settle_payments, SettleStage.
create function pipeline.settle_merchants(
    p_as_of date,
    p_due_batches bigint[],
    p_looked_at_batches bigint[],
    p_merchant_ids text[],
    p_settles_from date[],
    p_seen_from date[]
) returns table (
    settlements_added bigint,
    settlements_recomputed bigint,
    payments_settled bigint,
    waiting_batches bigint[],
    waiting_from date[],
    claimed_payments text[]
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '128MB'
-- Sorting the payments once more costs more than hashing their days.
set enable_mergejoin = off
-- Of temporary tables: a rough picture will do, and taking a fine one costs as much as reading the payments.
set default_statistics_target = '10'
set jit = off
as $$
declare
    v_merchant_ids text[];
    v_currencies text[];
    v_payment_methods text[];
begin
    perform pipeline.gather_unsettled(
        p_as_of,
        p_due_batches,
        p_looked_at_batches,
        p_merchant_ids,
        p_settles_from,
        p_seen_from
    );

    select
        array_agg(paid.merchant_id),
        array_agg(paid.currency),
        array_agg(paid.payment_method)
    into
        v_merchant_ids,
        v_currencies,
        v_payment_methods
    from (
        select distinct
            span.merchant_id,
            payment.currency,
            payment.payment_method
        from temp_settling as payment
        inner join temp_settling_span as span on span.span_number = payment.span_number
        where span.has_fees
            and payment.is_complete
    ) as paid;
    create temporary table temp_settling_fee on commit drop as
    select
        span.span_number,
        fee.currency,
        fee.payment_method,
        fee.valid_from,
        fee.valid_until,
        fee.fee_id,
        fee.percent,
        fee.fixed_amount,
        fee.minimum_amount
    from pipeline.list_fee_spans(v_merchant_ids, v_currencies, v_payment_methods) as fee
    inner join temp_settling_span as span
        on span.merchant_id = fee.merchant_id
        and span.valid_from < fee.valid_until
        and span.valid_until > fee.valid_from
    where fee.fee_id is not null;

    create temporary table temp_settling_rate on commit drop as
    select rate.*
    from pipeline.list_rate_spans(p_merchant_ids) as rate;
    analyze temp_settling_fee, temp_settling_rate;

    create temporary view settling_line as
    select
        payment.payment_id,
        payment.transaction_date,
        payment.span_number,
        payment.currency,
        payment.processing_day,
        payment.amount,
        fee.fee_id,
        case
            when fee.fee_id is not null then pipeline.fee(
                payment.amount, fee.percent, fee.fixed_amount, fee.minimum_amount
            )
        end as fee_amount
    from temp_settling as payment
    left join temp_settling_fee as fee
        on fee.span_number = payment.span_number
        and fee.currency = payment.currency
        and fee.payment_method = payment.payment_method
        and payment.processing_day >= fee.valid_from
        and payment.processing_day < fee.valid_until
    where payment.is_complete;

    -- Days with their periods, and the open settlements in which they are placed: their own, if that is open or new.
    create temporary table temp_settling_day on commit drop as
    with day as (
        select
            line.span_number,
            line.currency,
            line.processing_day,
            count(*) as payment_count,
            sum(line.amount) as total_amount,
            sum(line.amount) filter (where line.fee_id is not null) as priced_amount,
            sum(line.fee_amount) as priced_fees
        from settling_line as line
        group by
            line.span_number,
            line.currency,
            line.processing_day
    ),
    of_period as (
        select
            day.*,
            span.merchant_id,
            pipeline.period_start(
                span.cycle, span.week_day, day.processing_day, span.valid_from
            ) as period_start,
            pipeline.period_end(
                span.cycle, span.week_day, day.processing_day, span.valid_until
            ) as period_end
        from day
        inner join temp_settling_span as span on span.span_number = day.span_number
    ),
    placed as (
        select
            of_period.*,
            rate.commission_rate,
            own.settlement_id is null as is_new,
            coalesce(own.status, 'PENDING') = 'PENDING' as is_open,
            coalesce(
                own.settlement_id,
                pipeline.settlement_id(
                    of_period.merchant_id, of_period.currency, of_period.period_start
                )
            ) as settlement_id,
            coalesce(own.commission_rate, first_rate.commission_rate) as settlement_rate
        from of_period
        inner join temp_settling_rate as rate
            on rate.merchant_id = of_period.merchant_id
            and of_period.processing_day >= rate.valid_from
            and of_period.processing_day < rate.valid_until
        inner join temp_settling_rate as first_rate
            on first_rate.merchant_id = of_period.merchant_id
            and of_period.period_start >= first_rate.valid_from
            and of_period.period_start < first_rate.valid_until
        left join public.settlements as own
            on own.merchant_id = of_period.merchant_id
            and own.currency = of_period.currency
            and own.period_start = of_period.period_start
    )
    select
        placed.span_number,
        placed.merchant_id,
        placed.currency,
        placed.processing_day,
        placed.payment_count,
        placed.total_amount,
        coalesce(placed.priced_amount, 0) as priced_amount,
        coalesce(placed.priced_fees, 0) as priced_fees,
        placed.commission_rate,
        placed.period_start,
        placed.period_end,
        placed.is_new,
        case when placed.is_open then placed.settlement_id end as settlement_id,
        case when placed.is_open then placed.period_start end as placed_in,
        case when placed.is_open then placed.period_end end as placed_until,
        case when placed.is_open then placed.span_number end as placed_span,
        case when placed.is_open then placed.settlement_rate end as placed_rate
    from placed;
    analyze temp_settling_day;
    perform pipeline.place_late_days(p_as_of);

    -- Settlements as they are to be. Commission is computed from the whole new total, so that a settlement is rounded once
    -- however it grew.
    create temporary table temp_settling_target on commit drop as
    with grown as (
        select
            day.settlement_id,
            day.merchant_id,
            day.currency,
            day.placed_in as period_start,
            min(day.placed_until) as period_end,
            min(day.placed_span) as span_number,
            min(day.placed_rate) as commission_rate,
            sum(day.payment_count)::bigint as payment_count,
            sum(day.total_amount) as total_amount,
            sum(
                case
                    when day.commission_rate = day.placed_rate then day.priced_amount
                    else day.total_amount
                end
            ) as priced_amount,
            sum(
                case
                    when day.commission_rate = day.placed_rate then day.priced_fees
                    else day.priced_fees + pipeline.fee(
                        day.total_amount - day.priced_amount, day.commission_rate, 0, 0
                    )
                end
            ) as priced_fees
        from temp_settling_day as day
        where day.settlement_id is not null
        group by
            day.settlement_id,
            day.merchant_id,
            day.currency,
            day.placed_in
    ),
    summed as (
        select
            grown.settlement_id,
            grown.merchant_id,
            grown.currency,
            grown.period_start,
            grown.period_end,
            grown.span_number,
            grown.commission_rate,
            own.settlement_id is null as is_new,
            currency.minor_digits,
            grown.payment_count + coalesce(own.payment_count, 0) as payment_count,
            grown.total_amount + coalesce(own.total_amount, 0) as total_amount,
            grown.priced_amount + coalesce(own.priced_amount, 0) as priced_amount,
            grown.priced_fees + coalesce(own.priced_fees, 0) as priced_fees
        from grown
        inner join public.currencies as currency on currency.currency = grown.currency
        left join public.settlements as own on own.settlement_id = grown.settlement_id
    )
    select
        summed.settlement_id,
        summed.merchant_id,
        summed.currency,
        summed.period_start,
        summed.period_end,
        summed.commission_rate,
        summed.is_new,
        summed.payment_count,
        summed.total_amount,
        summed.priced_amount,
        summed.priced_fees,
        pipeline.commission(
            summed.total_amount - summed.priced_amount,
            summed.commission_rate,
            summed.priced_fees,
            summed.minor_digits
        ) as commission_amount,
        span.terms_id,
        span.delay_days,
        span.delay_kind,
        span.calendar,
        -- What one that exists holds back follows below.
        case
            when summed.is_new then pipeline.reserve(
                summed.total_amount, span.reserve_percent, summed.minor_digits
            )
        end as held_amount,
        summed.period_end + span.reserve_days as release_from
    from summed
    left join temp_settling_span as span on span.span_number = summed.span_number;
    analyze temp_settling_target;

    update public.settlements as settlement
    set
        total_amount = target.total_amount,
        commission_amount = target.commission_amount,
        net_amount = target.total_amount - target.commission_amount + settlement.adjustment_amount,
        payment_count = target.payment_count,
        priced_amount = target.priced_amount,
        priced_fees = target.priced_fees,
        updated_at = now()
    from temp_settling_target as target
    where not target.is_new
        and settlement.settlement_id = target.settlement_id;
    get diagnostics settlements_recomputed = row_count;
    perform pipeline.hold_reserves(
        array(
            select target.settlement_id
            from temp_settling_target as target
            inner join public.settlements as settlement
                on settlement.settlement_id = target.settlement_id
            inner join settlement.terms as terms on terms.terms_id = settlement.terms_id
            where not target.is_new
                and terms.reserve_percent > 0
        )
    );

    -- Business days are looked up once for each day and delay, not for each merchant.
    with expected as materialized (
        select
            delay.*,
            pipeline.expected_date(
                delay.period_end - 1,
                delay.delay_days,
                delay.delay_kind,
                nullif(delay.calendar, '')
            ) as expected_date
        from (
            select distinct
                target.period_end,
                target.delay_days,
                target.delay_kind,
                target.calendar
            from temp_settling_target as target
            where target.is_new
        ) as delay
    )
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
        expected.expected_date,
        target.total_amount,
        target.commission_rate,
        target.commission_amount,
        target.total_amount - target.commission_amount - target.held_amount,
        target.payment_count,
        target.priced_amount,
        target.priced_fees,
        target.terms_id,
        -target.held_amount,
        -target.held_amount,
        merchant.is_generated
    from temp_settling_target as target
    inner join public.merchants as merchant on merchant.merchant_id = target.merchant_id
    inner join expected
        on expected.period_end = target.period_end
        and expected.delay_days = target.delay_days
        and expected.delay_kind = target.delay_kind
        and expected.calendar = target.calendar
    where target.is_new
    -- Of the two unique keys the one of three columns costs more out of order.
    order by
        target.merchant_id,
        target.currency,
        target.period_start;
    get diagnostics settlements_added = row_count;

    insert into settlement.reserves (settlement_id, merchant_id, currency, amount, release_from)
    select
        target.settlement_id,
        target.merchant_id,
        target.currency,
        target.held_amount,
        target.release_from
    from temp_settling_target as target
    where target.held_amount > 0
    order by target.settlement_id;

    -- The exact fee is kept where it is not the amount at the rate of the settlement.
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
        day.settlement_id,
        line.fee_id,
        case
            when line.fee_id is not null then line.fee_amount
            when day.commission_rate <> day.placed_rate
                then pipeline.fee(line.amount, day.commission_rate, 0, 0)
        end as fee_amount
    from settling_line as line
    inner join temp_settling_day as day
        on day.span_number = line.span_number
        and day.currency = line.currency
        and day.processing_day = line.processing_day
    where day.settlement_id is not null
    order by line.payment_id;
    get diagnostics payments_settled = row_count;

    select
        coalesce(array_agg(waiting.batch_id), '{}'),
        coalesce(array_agg(waiting.payment_date), '{}')
    into
        waiting_batches,
        waiting_from
    from (
        select
            payment.batch_id,
            min((payment.transaction_date at time zone 'UTC')::date) as payment_date
        from temp_settling as payment
        left join temp_settling_day as day
            on day.settlement_id is null
            and day.span_number = payment.span_number
            and day.currency = payment.currency
            and day.processing_day = payment.processing_day
        where not payment.is_complete
            or day.span_number is not null
        group by payment.batch_id
    ) as waiting;

    claimed_payments := array(
        select payment.payment_id
        from temp_settling as payment
        where payment.is_complete
            and payment.payment_id in (
                select refund.payment_id
                from public.refunds as refund
                union all
                select dispute.payment_id
                from public.disputes as dispute
            )
    );
    drop view settling_line;
    drop table
        temp_settling_target, temp_settling_day, temp_settling_rate, temp_settling_fee, temp_settling, temp_settling_span;
    return next;
end;
$$;

comment on function pipeline.settle_merchants(date, bigint[], bigint[], text[], date[], date[]) is
    'Settles the payments of these merchants that are due; returns what it did, the first day of each batch that still has payments to wait for, and payments that have refunds or disputes. The caller holds lock_settlements and ends with finish_settling.';
