-- Changes the incidents of settlements to what judge_sla says, and keeps each step with the day on which it became true.
-- Grain: one step, in the order of days. Reads: judge_sla, sla.incidents, sla.policy_tiers. Called by: check_sla.
create function pipeline.write_sla_steps(
    p_settlement_ids text[],
    p_as_of date,
    p_now timestamptz
) returns table (
    event_id bigint,
    step varchar
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $$
begin
    return query
    with judged as materialized (
        select
            judged.*,
            coalesce(former.state, '') as former_state,
            coalesce(former.settlement_status, '') as former_status,
            former.opened_on as former_opened_on,
            former.warned_on as former_warned_on,
            former.escalated_on as former_escalated_on,
            coalesce(former.penalty_tier, 0) as former_tier,
            coalesce(former.is_penalty_capped, false) as was_capped
        from pipeline.judge_sla(p_settlement_ids, p_as_of) as judged
        left join sla.incidents as former
            on former.settlement_id = judged.settlement_id
        where judged.state is not null
    ),
    written as (
        insert into sla.incidents as incident (
            settlement_id,
            merchant_id,
            currency,
            policy_id,
            state,
            outcome,
            expected_settlement_date,
            settlement_status,
            net_amount,
            warned_on,
            opened_on,
            escalated_on,
            closed_on,
            penalty_amount,
            penalty_tier,
            is_penalty_capped,
            next_check_on,
            opened_at,
            closed_at,
            updated_at
        )
        select
            judged.settlement_id,
            judged.merchant_id,
            judged.currency,
            judged.policy_id,
            judged.state,
            case when judged.state = 'closed' then judged.outcome end,
            judged.expected_settlement_date,
            judged.status,
            judged.net_amount,
            coalesce(
                judged.former_warned_on,
                case
                    when judged.is_late or judged.warning_on <= p_as_of then judged.warning_on
                    when judged.state = 'warned' then p_as_of
                end
            ),
            case when judged.is_late then judged.expected_settlement_date + 1 end,
            case
                when judged.is_late and judged.escalation_on <= judged.until_day
                    then judged.escalation_on
            end,
            case
                when judged.state = 'closed' then coalesce(judged.settlement_date, p_as_of)
            end,
            judged.penalty_amount,
            judged.penalty_tier,
            judged.is_penalty_capped,
            judged.next_check_on,
            p_now,
            case when judged.state = 'closed' then p_now end,
            p_now
        from judged
        order by judged.settlement_id
        on conflict (settlement_id) do update
        set
            policy_id = excluded.policy_id,
            state = excluded.state,
            outcome = excluded.outcome,
            expected_settlement_date = excluded.expected_settlement_date,
            settlement_status = excluded.settlement_status,
            net_amount = excluded.net_amount,
            warned_on = excluded.warned_on,
            opened_on = excluded.opened_on,
            escalated_on = excluded.escalated_on,
            closed_on = excluded.closed_on,
            penalty_amount = excluded.penalty_amount,
            penalty_tier = excluded.penalty_tier,
            is_penalty_capped = excluded.is_penalty_capped,
            next_check_on = excluded.next_check_on,
            closed_at = case
                when excluded.state = 'closed' then coalesce(incident.closed_at, excluded.closed_at)
            end,
            updated_at = excluded.updated_at
    ),
    step as (
        select
            judged.settlement_id,
            happened.place,
            happened.step,
            happened.effective_on,
            happened.note
        from judged
        cross join lateral (
            select
                1 as place,
                'reopened' as step,
                p_as_of as effective_on,
                null as note
            where judged.former_state = 'closed'
                and judged.state <> 'closed'
            union all
            select
                2,
                'warned',
                case
                    when judged.is_late or judged.warning_on <= p_as_of then judged.warning_on
                    else p_as_of
                end,
                null
            where judged.former_warned_on is null
                and judged.former_opened_on is null
                and (
                    (judged.is_late and judged.warning_on is not null)
                    or judged.state = 'warned'
                )
            union all
            select
                3,
                'payout_failed',
                p_as_of,
                null
            where judged.status = 'FAILED'
                and judged.former_status <> 'FAILED'
                and judged.state <> 'closed'
            union all
            select
                4,
                'opened',
                judged.expected_settlement_date + 1,
                null
            where judged.is_late
                and judged.former_opened_on is null
            union all
            select
                5,
                'penalty',
                case
                    when judged.penalty_day_kind = 'business' then pipeline.add_business_days(
                        judged.calendar, judged.expected_settlement_date, tier.from_day
                    )
                    else judged.expected_settlement_date + tier.from_day
                end,
                format('from day %s on', tier.from_day)
            from sla.policy_tiers as tier
            where judged.is_late
                and judged.penalty_basis <> 'none'
                and tier.policy_id = judged.policy_id
                and tier.from_day > greatest(judged.former_tier, 1)
                and tier.from_day <= judged.penalty_tier
                and (judged.cap_day is null or tier.from_day <= judged.cap_day)
            union all
            select
                6,
                'penalty_capped',
                case
                    when judged.penalty_day_kind = 'business' then pipeline.add_business_days(
                        judged.calendar, judged.expected_settlement_date, judged.cap_day
                    )
                    else judged.expected_settlement_date + judged.cap_day
                end,
                null
            where judged.is_late
                and judged.is_penalty_capped
                and not judged.was_capped
            union all
            select
                7,
                'escalated',
                judged.escalation_on,
                null
            where judged.is_late
                and judged.escalation_on <= judged.until_day
                and judged.former_escalated_on is null
            union all
            select
                8,
                case when judged.settlement_date is null then 'withdrawn' else 'paid' end,
                coalesce(judged.settlement_date, p_as_of),
                judged.outcome
            where judged.state = 'closed'
                and judged.former_state <> 'closed'
        ) as happened
    ),
    priced as (
        select
            step.*,
            judged.policy_id,
            case
                when step.effective_on <= judged.expected_settlement_date
                    or judged.penalty_basis = 'none'
                    or not judged.is_late
                    then 0
                when judged.penalty_day_kind = 'business' then pipeline.count_business_days(
                    judged.calendar, judged.expected_settlement_date, step.effective_on
                )
                else step.effective_on - judged.expected_settlement_date
            end as penalty_days,
            judged.state,
            judged.status,
            judged.expected_settlement_date,
            judged.net_amount,
            judged.currency,
            judged.minor_digits,
            judged.penalty_basis
        from step
        inner join judged on judged.settlement_id = step.settlement_id
    ),
    measured as materialized (
        select
            combination.policy_id,
            combination.penalty_days,
            penalty.units
        from (
            select distinct
                priced.policy_id,
                priced.penalty_days
            from priced
        ) as combination
        cross join lateral pipeline.measure_penalty(
            combination.policy_id, combination.penalty_days
        ) as penalty
    )
    insert into sla.incident_events as event (
        settlement_id,
        step,
        effective_on,
        seen_at,
        state,
        settlement_status,
        days_delayed,
        net_amount,
        penalty_amount,
        currency,
        note
    )
    select
        priced.settlement_id,
        priced.step,
        priced.effective_on,
        p_now,
        priced.state,
        priced.status,
        greatest(priced.effective_on - priced.expected_settlement_date, 0),
        priced.net_amount,
        coalesce(
            pipeline.penalty_amount(
                priced.penalty_basis, measured.units, priced.net_amount, priced.minor_digits
            ),
            0
        ),
        priced.currency,
        priced.note
    from priced
    left join measured
        on measured.policy_id = priced.policy_id
        and measured.penalty_days = priced.penalty_days
    order by
        priced.effective_on,
        priced.settlement_id,
        priced.place
    returning
        event.event_id,
        event.step;
end;
$$;

comment on function pipeline.write_sla_steps(text[], date, timestamptz) is
    'Writes the incidents of these settlements as they are on a day, and a row for every step since the last time; returns the steps.';
