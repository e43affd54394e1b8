-- Drift: whether the last complete UTC day lies with the days before it, in each currency.
-- Grain: one row; none before a week of the last four has payments. Reads: rollup.day_totals.
-- Called by: expect_steady_amount, expect_steady_volume.
--
-- A day stands out when it is more than three deviations from the mean of the days before it, and more than a quarter of
-- that mean: days that hardly differ have hardly any deviation.
create function pipeline.judge_last_day(
    p_now timestamptz,
    p_measure text
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with day as (
        select
            total.currency,
            total.payment_date,
            sum(
                case p_measure
                    when 'amount' then total.total_amount
                    when 'volume' then total.transaction_count
                end
            ) as measure
        from rollup.day_totals as total
        where total.payment_date >= (p_now at time zone 'UTC')::date - 29
            and total.payment_date < (p_now at time zone 'UTC')::date
        group by
            total.currency,
            total.payment_date
    ),
    before as (
        select
            day.currency,
            avg(day.measure) as mean,
            stddev_pop(day.measure) as deviation
        from day
        where day.payment_date < (p_now at time zone 'UTC')::date - 1
        group by day.currency
        having count(*) >= 7
    ),
    judged as (
        select
            before.currency,
            coalesce(last_day.measure, 0) as measure,
            before.mean,
            greatest(3 * before.deviation, 0.25 * before.mean) as tolerance
        from before
        left join day as last_day
            on last_day.currency = before.currency
            and last_day.payment_date = (p_now at time zone 'UTC')::date - 1
    ),
    worst as (
        select
            judged.currency,
            judged.measure,
            judged.mean,
            judged.tolerance,
            count(*)
                filter (where abs(judged.measure - judged.mean) > judged.tolerance)
                over () as drifting
        from judged
        order by
            abs(judged.measure - judged.mean) / nullif(judged.tolerance, 0) desc nulls last,
            judged.currency
        limit 1
    )
    select
        'warning' as severity,
        worst.drifting = 0 as holds,
        concat(trim_scale(round(worst.measure, 3)), ' ', worst.currency) as observed,
        concat(
            trim_scale(round(worst.mean, 3)),
            ' ± ',
            trim_scale(round(worst.tolerance, 3)),
            ' ',
            worst.currency
        ) as expected,
        concat(
            worst.drifting, ' currencies drift; observed and expected are the furthest out.'
        ) as detail
    from worst;
$$;

comment on function pipeline.judge_last_day(timestamptz, text) is
    'Judges the amount or the volume (p_measure) of the last complete UTC day by the four weeks before, in each currency: three deviations, or a quarter.';
