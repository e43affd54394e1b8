-- Incidents with their settlements.
-- Grain: one incident. Reads: sla.incidents, settlements, merchants, sla.policies, terms and calendars.
-- Called by: GET /api/sla/incidents, GET /api/sla/incidents/{id}.
create function pipeline.list_incidents(
    p_settlement_id text,
    p_state text,
    p_outcome text,
    p_merchant_id text,
    p_currency text,
    p_assignee text,
    p_is_acknowledged boolean,
    p_from date,
    p_to date,
    p_as_of date
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    merchant_name varchar,
    state varchar,
    outcome varchar,
    expected_settlement_date date,
    settlement_date date,
    settlement_status varchar,
    days_delayed int,
    business_days_delayed int,
    net_amount numeric,
    penalty_amount numeric,
    currency varchar,
    policy_id bigint,
    policy_name varchar,
    warned_on date,
    opened_on date,
    escalated_on date,
    closed_on date,
    opened_at timestamptz,
    closed_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by varchar,
    assignee varchar,
    updated_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        incident.settlement_id,
        incident.merchant_id,
        merchant.merchant_name,
        incident.state,
        incident.outcome,
        settlement.expected_settlement_date,
        settlement.settlement_date,
        settlement.status,
        greatest(
            coalesce(settlement.settlement_date, p_as_of) - settlement.expected_settlement_date, 0
        ),
        greatest(
            pipeline.count_business_days(
                pipeline.sla_calendar(settlement.merchant_id, settlement.period_start),
                settlement.expected_settlement_date,
                coalesce(settlement.settlement_date, p_as_of)
            ),
            0
        ),
        settlement.net_amount,
        incident.penalty_amount,
        settlement.currency::varchar,
        incident.policy_id,
        policy.policy_name,
        incident.warned_on,
        incident.opened_on,
        incident.escalated_on,
        incident.closed_on,
        incident.opened_at,
        incident.closed_at,
        incident.acknowledged_at,
        incident.acknowledged_by,
        incident.assignee,
        incident.updated_at
    from sla.incidents as incident
    inner join public.settlements as settlement
        on settlement.settlement_id = incident.settlement_id
    inner join public.merchants as merchant on merchant.merchant_id = incident.merchant_id
    left join sla.policies as policy on policy.policy_id = incident.policy_id
    where (p_settlement_id is null or incident.settlement_id = p_settlement_id)
        and (
            p_state is null
            or incident.state = p_state
            or (p_state = 'active' and incident.state <> 'closed')
        )
        and (p_outcome is null or incident.outcome = p_outcome)
        and (p_merchant_id is null or incident.merchant_id = p_merchant_id)
        and (p_currency is null or incident.currency = p_currency)
        and (p_assignee is null or incident.assignee = p_assignee)
        and (
            p_is_acknowledged is null
            or (incident.acknowledged_at is not null) = p_is_acknowledged
        )
        and (p_from is null or incident.expected_settlement_date >= p_from)
        and (p_to is null or incident.expected_settlement_date <= p_to);
$$;

comment on function pipeline.list_incidents(
    text, text, text, text, text, text, boolean, date, date, date
) is
    'Incidents by what is given (state active: those that are not closed), with days late as of a day. Unordered: the caller pages by expected_settlement_date and settlement_id.';
