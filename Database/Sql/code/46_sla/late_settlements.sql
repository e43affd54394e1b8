-- Settlements that are late by their dates as of today (UTC), with business days beside calendar days.
-- Grain: one row per settlement paid, or still unpaid, after its expected date.
-- Reads: settlements, sla.incidents, settlement.terms, settlement.calendar_exceptions. Called by: vw_sla_breaches, sla_delays.
--
-- BI tools may call no function of ours, so business days are counted here as pipeline.count_business_days does it.
create view pipeline.late_settlements as
with late as (
    select
        settlement.settlement_id as settlement_id,
        settlement.merchant_id as merchant_id,
        settlement.currency as currency,
        settlement.status as status,
        settlement.period_start as period_start,
        settlement.period_end as period_end,
        settlement.expected_settlement_date as expected_settlement_date,
        settlement.settlement_date as settlement_date,
        settlement.total_amount as total_amount,
        settlement.net_amount as net_amount,
        coalesce(settlement.settlement_date, (now() at time zone 'UTC')::date) as until_day,
        (
            -- As pipeline.sla_calendar.
            select
                case
                    when terms.valid_until is null or terms.valid_until > settlement.period_start
                        then terms.calendar
                end
            from settlement.terms as terms
            where terms.merchant_id = settlement.merchant_id
                and terms.valid_from <= settlement.period_start
            order by terms.valid_from desc
            limit 1
        ) as calendar
    from public.settlements as settlement
    where coalesce(settlement.settlement_date, (now() at time zone 'UTC')::date)
        > settlement.expected_settlement_date
)
select
    late.settlement_id as settlement_id,
    late.merchant_id as merchant_id,
    late.currency as currency,
    late.status as status,
    late.period_start as period_start,
    late.period_end as period_end,
    late.expected_settlement_date as expected_settlement_date,
    late.settlement_date as settlement_date,
    late.total_amount as total_amount,
    late.net_amount as net_amount,
    late.until_day - late.expected_settlement_date as days_delayed,
    numbers.until_number - numbers.expected_number
    + coalesce(
        (
            select exception.shift
            from settlement.calendar_exceptions as exception
            where exception.calendar = late.calendar
                and exception.day <= late.until_day
            order by exception.day desc
            limit 1
        ),
        0
    )
    - coalesce(
        (
            select exception.shift
            from settlement.calendar_exceptions as exception
            where exception.calendar = late.calendar
                and exception.day <= late.expected_settlement_date
            order by exception.day desc
            limit 1
        ),
        0
    ) as business_days_delayed,
    coalesce(incident.penalty_amount, 0) as penalty_amount,
    incident.policy_id as policy_id,
    incident.state as incident_state,
    incident.outcome as incident_outcome,
    incident.opened_on as opened_on,
    incident.escalated_on as escalated_on,
    incident.closed_on as closed_on,
    incident.acknowledged_at as acknowledged_at,
    incident.assignee as assignee
from late
-- pipeline.weekday_number of both days.
cross join lateral (
    select
        (late.until_day - date '0001-01-01') / 7 * 5
        + least((late.until_day - date '0001-01-01') % 7 + 1, 5) as until_number,
        (late.expected_settlement_date - date '0001-01-01') / 7 * 5
        + least((late.expected_settlement_date - date '0001-01-01') % 7 + 1, 5) as expected_number
) as numbers
left join sla.incidents as incident
    on incident.settlement_id = late.settlement_id;

comment on view pipeline.late_settlements is
    'Settlements that are late by their dates as of today (UTC): calendar and business days, penalty and incident.';
