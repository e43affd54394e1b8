-- What is wrong with marks, incidents and their steps: nothing, unless something is broken. The full proof of what check_sla keeps up.
-- Grain: one difference. Reads: settlements, sla.incidents, sla.incident_events, sla.checks, judge_sla.
-- Called by: prove_sla_incidents_equal_settlements, tests and operators.
--
-- Judged is the day of the last check. What has changed since, give or take how long a transaction may take, is not wrong yet.
create function pipeline.list_sla_differences(
    p_grace interval
) returns table (
    settlement_id varchar,
    difference text
)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_last_check sla.checks;
    v_concerned text[];
begin
    select last_check.*
    into v_last_check
    from sla.checks as last_check;
    if v_last_check.as_of is null then
        return;
    end if;

    v_concerned := array(
        select settlement.settlement_id::text
        from public.settlements as settlement
        left join sla.incidents as incident
            on incident.settlement_id = settlement.settlement_id
        where settlement.updated_at < v_last_check.committed_from - p_grace
            and (
                incident.settlement_id is not null
                or settlement.status = 'FAILED'
                or settlement.settlement_date is null
                or settlement.settlement_date > settlement.expected_settlement_date
            )
    );

    return query
    with judged as (
        select
            judged.settlement_id,
            judged.state,
            judged.outcome,
            judged.is_late,
            judged.expected_settlement_date,
            judged.until_day,
            judged.escalation_on,
            judged.penalty_amount,
            incident.settlement_id is not null as is_known,
            incident.state as kept_state,
            incident.outcome as kept_outcome,
            incident.opened_on,
            incident.escalated_on,
            incident.penalty_amount as kept_penalty_amount
        from pipeline.judge_sla(v_concerned, v_last_check.as_of) as judged
        left join sla.incidents as incident
            on incident.settlement_id = judged.settlement_id
    ),
    difference as (
        select
            settlement.settlement_id,
            'mark is not what the dates say' as difference
        from public.settlements as settlement
        where settlement.updated_at < v_last_check.committed_from - p_grace
            and settlement.sla_breach <> (
                coalesce(settlement.settlement_date, v_last_check.as_of)
                > settlement.expected_settlement_date
            )
        union all
        select
            judged.settlement_id,
            'incident is missing'
        from judged
        where judged.state is not null
            and not judged.is_known
        union all
        select
            judged.settlement_id,
            'incident is not in the state of its settlement'
        from judged
        where judged.is_known
            and (
                judged.state <> judged.kept_state
                or (judged.state = 'closed' and judged.outcome <> judged.kept_outcome)
            )
        union all
        select
            judged.settlement_id,
            'incident is of other days'
        from judged
        where judged.is_known
            and (
                judged.opened_on is distinct from
                    case when judged.is_late then judged.expected_settlement_date + 1 end
                or judged.escalated_on is distinct from
                    case
                        when judged.is_late and judged.escalation_on <= judged.until_day
                            then judged.escalation_on
                    end
            )
        union all
        select
            judged.settlement_id,
            'penalty is not what the policy says'
        from judged
        where judged.is_known
            and judged.penalty_amount <> judged.kept_penalty_amount
        union all
        select
            incident.settlement_id,
            format('step %s is missing', required.step)
        from sla.incidents as incident
        cross join lateral (
            values
                ('opened', incident.opened_on is not null),
                ('escalated', incident.escalated_on is not null and incident.policy_id is not null),
                ('paid', incident.state = 'closed' and incident.outcome in ('on_time', 'late')),
                ('withdrawn', incident.outcome = 'withdrawn')
        ) as required (step, is_required)
        where required.is_required
            and not exists (
                select
                from sla.incident_events as event
                where event.settlement_id = incident.settlement_id
                    and event.step = required.step
            )
    )
    select
        difference.settlement_id,
        difference.difference
    from difference
    order by
        difference.settlement_id,
        difference.difference;
end;
$$;

comment on function pipeline.list_sla_differences(interval) is
    'Differences between settlements, their SLA marks, incidents and steps as of the last check; no rows when all is right, or before the first check.';
