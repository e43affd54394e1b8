-- Settlements that may become late within some days, each with its probability and the reasons for it.
-- Grain: one row per settlement that is not paid and would be late on one of the days after p_as_of.
-- Reads: settlements, merchants, sla.incident_events, calendars, list_announced_payouts.
-- Called by: GET /api/sla/forecast.
--
-- The probability, as ADR 30 explains it, by settlements expected in the 90 days before:
-- 1. How often those of the merchant were late that were still unpaid so many days before their date as this one is;
--    few cases lean on those of all merchants, which count as ten (without any: 5 %).
-- 2. Its odds, p / (1 - p), are doubled for each that holds: the settlement before failed or is late and unpaid; bank holidays lie
--    before the date; the processor, which announces the merchant's payouts, has not announced one due by then, one day before
--    or later. They are quartered when it has.
-- 3. With a failed payout it is at least as often as those whose payout failed were late (80 % counting as five cases).
create function pipeline.list_sla_forecast(
    p_as_of date,
    p_days int
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    merchant_name varchar,
    currency varchar,
    net_amount numeric,
    settlement_status varchar,
    expected_settlement_date date,
    days_left int,
    probability numeric,
    reason varchar,
    reasons text[],
    history_settlements bigint,
    history_late bigint,
    late_share numeric,
    mean_days_delayed numeric,
    p95_days_delayed int,
    holidays int
)
language sql
stable
as $$
    with candidate as (
        select
            settlement.settlement_id,
            settlement.merchant_id,
            settlement.currency,
            settlement.net_amount,
            settlement.status,
            settlement.period_start,
            settlement.expected_settlement_date,
            settlement.expected_settlement_date - p_as_of as days_left,
            pipeline.sla_calendar(settlement.merchant_id, settlement.period_start) as calendar
        from public.settlements as settlement
        where settlement.settlement_date is null
            and settlement.net_amount > 0
            and settlement.expected_settlement_date >= p_as_of
            and settlement.expected_settlement_date < p_as_of + p_days
    ),
    past as materialized (
        select
            settlement.merchant_id,
            settlement.settlement_id,
            settlement.settlement_date is null
                or settlement.settlement_date > settlement.expected_settlement_date as is_late,
            -- So many days before its date it was not paid yet; paid late, it never was before.
            coalesce(settlement.expected_settlement_date - settlement.settlement_date, -1)
                as days_early,
            greatest(
                coalesce(settlement.settlement_date, p_as_of)
                    - settlement.expected_settlement_date,
                0
            ) as days_delayed
        from public.settlements as settlement
        where settlement.expected_settlement_date >= p_as_of - 90
            and settlement.expected_settlement_date < p_as_of
            and settlement.net_amount > 0
    ),
    distance as (
        select distance.days_left
        from generate_series(0, p_days - 1) as distance (days_left)
    ),
    overall as (
        select
            distance.days_left,
            coalesce(
                count(*) filter (where past.is_late)::numeric / nullif(count(past.settlement_id), 0),
                0.05
            ) as late_share
        from distance
        left join past on past.days_early <= distance.days_left
        group by distance.days_left
    ),
    failed as (
        select
            (count(*) filter (where past.is_late) + 4)::numeric / (count(*) + 5) as late_share
        from past
        where exists (
            select
            from sla.incident_events as event
            where event.settlement_id = past.settlement_id
                and event.step = 'payout_failed'
        )
    ),
    by_merchant as (
        select
            past.merchant_id,
            count(*) as settlements,
            count(*) filter (where past.is_late) as late,
            avg(past.days_delayed) as mean_days,
            percentile_disc(0.95) within group (order by past.days_delayed) as p95_days
        from past
        where past.merchant_id in (
            select candidate.merchant_id
            from candidate
        )
        group by past.merchant_id
    ),
    comparable as (
        select
            past.merchant_id,
            distance.days_left,
            count(*) as settlements,
            count(*) filter (where past.is_late) as late
        from distance
        inner join past on past.days_early <= distance.days_left
        group by
            past.merchant_id,
            distance.days_left
    ),
    judged as (
        select
            candidate.*,
            (coalesce(comparable.late, 0) + 10 * overall.late_share)
                / (coalesce(comparable.settlements, 0) + 10) as base,
            coalesce(by_merchant.settlements, 0) as history_settlements,
            coalesce(by_merchant.late, 0) as history_late,
            by_merchant.mean_days,
            by_merchant.p95_days,
            candidate.status = 'FAILED' as is_failed,
            coalesce(before.is_open, false) as is_open_before,
            case
                when candidate.calendar is null then 0
                else pipeline.count_business_days(null, p_as_of, candidate.expected_settlement_date)
                    - pipeline.count_business_days(
                        candidate.calendar, p_as_of, candidate.expected_settlement_date
                    )
            end as holidays,
            announcing.merchant_id is not null
                and announcing.arrival_date between p_as_of and candidate.expected_settlement_date
                as is_announced,
            announcing.merchant_id is not null
                and candidate.days_left <= 1
                and (announcing.arrival_date < p_as_of or announcing.arrival_date is null)
                as is_not_announced,
            overall.late_share as overall_late_share
        from candidate
        inner join overall on overall.days_left = candidate.days_left
        left join comparable
            on comparable.merchant_id = candidate.merchant_id
            and comparable.days_left = candidate.days_left
        left join by_merchant on by_merchant.merchant_id = candidate.merchant_id
        left join pipeline.list_announced_payouts(p_as_of - 90) as announcing
            on announcing.merchant_id = candidate.merchant_id
            and announcing.currency = candidate.currency
        left join lateral (
            select
                earlier.status = 'FAILED'
                or (
                    earlier.settlement_date is null
                    and earlier.expected_settlement_date < p_as_of
                ) as is_open
            from public.settlements as earlier
            where earlier.merchant_id = candidate.merchant_id
                and earlier.currency = candidate.currency
                and earlier.period_start < candidate.period_start
            order by earlier.period_start desc
            limit 1
        ) as before on true
    ),
    weighed as (
        select
            judged.*,
            judged.base
                * case when judged.is_open_before then 2 else 1 end
                * case when judged.holidays > 0 then 2 else 1 end
                * case when judged.is_not_announced then 2 else 1 end
                * case when judged.is_announced then 0.25 else 1 end as odds_for,
            1 - judged.base as odds_against
        from judged
    ),
    told as (
        select
            weighed.*,
            greatest(
                weighed.odds_for / nullif(weighed.odds_for + weighed.odds_against, 0),
                case when weighed.is_failed then failed.late_share end
            ) as probability,
            array_remove(
                array[
                    case when weighed.is_failed then 'payout_failed' end,
                    case when weighed.is_open_before then 'settlement_before_open' end,
                    case when weighed.is_not_announced then 'no_payout_announced' end,
                    case when weighed.base >= 1.5 * weighed.overall_late_share then 'late_merchant' end,
                    case when weighed.holidays > 0 then 'holidays' end,
                    'history'
                ],
                null
            ) as reasons
        from weighed
        cross join failed
    )
    select
        told.settlement_id,
        told.merchant_id,
        merchant.merchant_name,
        told.currency::varchar,
        told.net_amount,
        told.status,
        told.expected_settlement_date,
        told.days_left,
        round(coalesce(told.probability, 0), 4),
        told.reasons[1]::varchar,
        told.reasons,
        told.history_settlements,
        told.history_late,
        round(100.0 * told.history_late / nullif(told.history_settlements, 0), 2),
        round(told.mean_days, 2),
        told.p95_days,
        told.holidays
    from told
    inner join public.merchants as merchant on merchant.merchant_id = told.merchant_id;
$$;

comment on function pipeline.list_sla_forecast(date, int) is
    'Unpaid settlements that would become late within some days, with the probability and its reasons (payout_failed, settlement_before_open, no_payout_announced, late_merchant, holidays, history). Unordered.';
