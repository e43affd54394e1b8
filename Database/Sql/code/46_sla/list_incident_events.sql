-- The timeline of an incident.
-- Grain: one step. Reads: sla.incident_events. Called by: GET /api/sla/incidents/{id}.
create function pipeline.list_incident_events(
    p_settlement_id text
) returns table (
    event_id bigint,
    step varchar,
    effective_on date,
    seen_at timestamptz,
    actor varchar,
    state varchar,
    settlement_status varchar,
    days_delayed int,
    net_amount numeric,
    penalty_amount numeric,
    currency varchar,
    assignee varchar,
    note text
)
language sql
stable
parallel safe
as $$
    select
        event.event_id,
        event.step,
        event.effective_on,
        event.seen_at,
        event.actor,
        event.state,
        event.settlement_status,
        event.days_delayed,
        event.net_amount,
        event.penalty_amount,
        event.currency::varchar,
        event.assignee,
        event.note
    from sla.incident_events as event
    where event.settlement_id = p_settlement_id;
$$;

comment on function pipeline.list_incident_events(text) is
    'Every step of an incident. Unordered: the caller orders by event_id.';
