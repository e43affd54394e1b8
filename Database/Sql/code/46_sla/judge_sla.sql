-- What is to be said about settlements on a day: whether they are late, warned of or escalated, since when, and what it costs.
-- Grain: one settlement; each of the ids given (null: all). Reads: settlements, sla.incidents, sla.policies, currencies, terms.
-- Called by: check_sla, list_sla_differences.
--
-- Late is who is paid after the expected date, or unpaid on a later day. Who owes nothing (net amount of 0 or less) is not
-- late while unpaid: settling closes it. Days count in the calendar of the merchant's terms where the policy says business days.
create function pipeline.judge_sla(
    p_settlement_ids text[],
    p_as_of date
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    currency varchar,
    status varchar,
    expected_settlement_date date,
    settlement_date date,
    net_amount numeric,
    minor_digits int,
    policy_id bigint,
    penalty_basis varchar,
    penalty_day_kind varchar,
    calendar varchar,
    is_late boolean,
    state varchar,
    outcome varchar,
    until_day date,
    warning_on date,
    escalation_on date,
    penalty_amount numeric,
    penalty_tier int,
    cap_day int,
    is_penalty_capped boolean,
    next_check_on date
)
language sql
stable
parallel safe
as $$
    with looked_at as (
        select
            settlement.settlement_id,
            settlement.merchant_id,
            settlement.currency,
            settlement.status,
            settlement.period_start,
            settlement.expected_settlement_date,
            settlement.settlement_date,
            settlement.net_amount,
            case
                when incident.state <> 'closed' or incident.outcome <> 'withdrawn'
                    then incident.policy_id
            end as pinned_policy_id,
            incident.settlement_id is not null as is_known,
            incident.state = 'closed'
                and incident.outcome <> 'withdrawn'
                and incident.policy_id is null as is_older_than_policies,
            coalesce(settlement.settlement_date, p_as_of) as until_day,
            coalesce(settlement.settlement_date, p_as_of) > settlement.expected_settlement_date
                and (settlement.settlement_date is not null or settlement.net_amount > 0)
                as is_late
        from public.settlements as settlement
        left join sla.incidents as incident
            on incident.settlement_id = settlement.settlement_id
        where p_settlement_ids is null
            or settlement.settlement_id = any (p_settlement_ids)
    ),
    -- A policy is pinned when its incident begins; the one of an incident that is older than policies stays none, unless it
    -- was withdrawn and begins anew.
    governed as (
        select
            looked_at.*,
            policy.policy_id,
            policy.warning_days,
            policy.warning_day_kind,
            policy.escalation_days,
            policy.escalation_day_kind,
            coalesce(policy.penalty_basis, 'none') as penalty_basis,
            coalesce(policy.penalty_day_kind, 'calendar') as penalty_day_kind,
            case
                when 'business' in (
                    policy.warning_day_kind, policy.escalation_day_kind, policy.penalty_day_kind
                ) then pipeline.sla_calendar(
                    looked_at.merchant_id, looked_at.period_start
                )
            end as calendar
        from looked_at
        left join lateral (
            select pinned.*
            from sla.policies as pinned
            where pinned.policy_id = looked_at.pinned_policy_id
            union all
            select found.*
            from pipeline.find_sla_policy(
                looked_at.merchant_id, looked_at.currency, looked_at.expected_settlement_date
            ) as found
            where looked_at.pinned_policy_id is null
                and looked_at.is_older_than_policies is not true
        ) as policy on true
    ),
    dated as (
        select
            governed.*,
            case
                -- No business days before a closed day is that day, not the next open one.
                when governed.warning_days is null then null
                when governed.warning_day_kind = 'business' then least(
                    pipeline.add_business_days(
                        governed.calendar, governed.expected_settlement_date, -governed.warning_days
                    ),
                    governed.expected_settlement_date
                )
                else governed.expected_settlement_date - governed.warning_days
            end as warning_on,
            case
                when governed.escalation_day_kind = 'business' then pipeline.add_business_days(
                    governed.calendar, governed.expected_settlement_date, governed.escalation_days
                )
                else governed.expected_settlement_date + governed.escalation_days
            end as escalation_on,
            case
                when not governed.is_late or governed.penalty_basis = 'none' then 0
                when governed.penalty_day_kind = 'business' then pipeline.count_business_days(
                    governed.calendar, governed.expected_settlement_date, governed.until_day
                )
                else governed.until_day - governed.expected_settlement_date
            end as penalty_days
        from governed
    ),
    -- Few policies and delays make up many settlements.
    measured as materialized (
        select
            combination.policy_id,
            combination.penalty_days,
            penalty.units,
            penalty.tier,
            penalty.cap_day,
            penalty.is_capped
        from (
            select distinct
                dated.policy_id,
                dated.penalty_days
            from dated
        ) as combination
        cross join lateral pipeline.measure_penalty(
            combination.policy_id, combination.penalty_days
        ) as penalty
    )
    select
        dated.settlement_id,
        dated.merchant_id,
        dated.currency,
        dated.status,
        dated.expected_settlement_date,
        dated.settlement_date,
        dated.net_amount,
        money.minor_digits,
        dated.policy_id,
        dated.penalty_basis,
        dated.penalty_day_kind,
        dated.calendar,
        dated.is_late,
        case
            when dated.settlement_date is not null and (dated.is_late or dated.is_known)
                then 'closed'
            when dated.settlement_date is not null then null
            when dated.is_late and dated.escalation_on <= p_as_of then 'escalated'
            when dated.is_late then 'open'
            when dated.net_amount > 0 and (
                dated.status = 'FAILED'
                or dated.warning_on <= p_as_of
            ) then 'warned'
            when dated.is_known then 'closed'
        end as state,
        case
            when dated.settlement_date is not null and dated.is_late then 'late'
            when dated.settlement_date is not null then 'on_time'
            else 'withdrawn'
        end as outcome,
        dated.until_day,
        dated.warning_on,
        dated.escalation_on,
        coalesce(
            pipeline.penalty_amount(
                dated.penalty_basis, measured.units, dated.net_amount, money.minor_digits
            ),
            0
        ) as penalty_amount,
        measured.tier as penalty_tier,
        measured.cap_day,
        coalesce(measured.is_capped, false) as is_penalty_capped,
        case
            when not dated.is_late then greatest(dated.expected_settlement_date, p_as_of) + 1
            else least(
                case
                    when dated.penalty_basis <> 'none' and measured.is_capped is not true
                        then p_as_of + 1
                end,
                case when dated.escalation_on > p_as_of then dated.escalation_on end,
                'infinity'
            )
        end as next_check_on
    from dated
    inner join public.currencies as money on money.currency = dated.currency
    left join measured
        on measured.policy_id = dated.policy_id
        and measured.penalty_days = dated.penalty_days;
$$;

comment on function pipeline.judge_sla(text[], date) is
    'What settlements are on a day by their policies: late or not, the state that their incident should have (null: none is needed), the days of warning and escalation, and the penalty. Unordered.';
