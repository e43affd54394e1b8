-- Finds a place for payments whose settlement is closed: the earliest later open settlement of merchant and currency, one that
-- exists or one of this run, else a new one for the period of the last completed day, else they wait.
-- Grain: none. Reads: temp_settling_day and temp_settling_span (settle_merchants), temp_settling_rate, settlements.
-- Called by: settle_merchants.
create function pipeline.place_late_days(
    p_as_of date
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if not exists (
        select
        from temp_settling_day as day
        where day.placed_in is null
    ) then
        return;
    end if;

    create temporary table temp_settling_last_period on commit drop as
    with late as (
        select distinct
            day.merchant_id,
            day.currency
        from temp_settling_day as day
        where day.placed_in is null
    )
    select
        late.merchant_id,
        late.currency,
        span.span_number,
        period.period_start,
        period.period_end,
        rate.commission_rate
    from late
    inner join temp_settling_span as current_span
        on current_span.merchant_id = late.merchant_id
        and pipeline.day_start(p_as_of) >= current_span.starts_at
        and pipeline.day_start(p_as_of) < current_span.ends_at
    cross join lateral (
        select greatest(
            current_span.valid_from,
            least(current_span.current_day, current_span.valid_until)
        ) - 1 as processing_day
    ) as last_day
    inner join temp_settling_span as span
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
    inner join temp_settling_rate as rate
        on rate.merchant_id = late.merchant_id
        and period.period_start >= rate.valid_from
        and period.period_start < rate.valid_until
    where not exists (
        select
        from public.settlements as taken
        where taken.merchant_id = late.merchant_id
            and taken.currency = late.currency
            and taken.period_start = period.period_start
    );
    create index on temp_settling_day (merchant_id, currency, period_start) where is_new;
    create index on temp_settling_last_period (merchant_id, currency);

    update temp_settling_day as late
    set
        settlement_id = coalesce(
            place.settlement_id,
            pipeline.settlement_id(late.merchant_id, late.currency, place.period_start)
        ),
        placed_in = place.period_start,
        placed_until = place.period_end,
        placed_span = place.span_number,
        placed_rate = place.commission_rate
    from temp_settling_day as closed
    cross join lateral (
        select candidate.*
        from (
            select
                open.settlement_id,
                open.period_start,
                open.period_end,
                null::int as span_number,
                open.commission_rate,
                false as is_last
            from public.settlements as open
            where open.merchant_id = closed.merchant_id
                and open.currency = closed.currency
                and open.period_start > closed.period_start
                and open.status = 'PENDING'
            union all
            select
                new.settlement_id,
                new.period_start,
                new.period_end,
                new.span_number,
                new.placed_rate,
                false
            from temp_settling_day as new
            where new.merchant_id = closed.merchant_id
                and new.currency = closed.currency
                and new.period_start > closed.period_start
                and new.is_new
            union all
            select
                null,
                last_period.period_start,
                last_period.period_end,
                last_period.span_number,
                last_period.commission_rate,
                true
            from temp_settling_last_period as last_period
            where last_period.merchant_id = closed.merchant_id
                and last_period.currency = closed.currency
                and last_period.period_start > closed.period_start
        ) as candidate
        order by
            candidate.is_last,
            candidate.period_start
        limit 1
    ) as place
    where closed.placed_in is null
        and late.span_number = closed.span_number
        and late.currency = closed.currency
        and late.processing_day = closed.processing_day;
    drop table temp_settling_last_period;
end;
$$;

comment on function pipeline.place_late_days(date) is
    'Places the days of a settle run whose own settlements are closed, in the temporary table temp_settling_day.';
