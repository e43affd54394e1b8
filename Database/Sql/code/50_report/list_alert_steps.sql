-- Every step of an alert.
-- Grain: one step. Reads: risk.alert_audit. Called by: GET /api/alerts/{id}.
create function pipeline.list_alert_steps(
    p_alert_id bigint
) returns table (
    step_id bigint,
    at timestamptz,
    actor varchar,
    step varchar,
    from_status varchar,
    to_status varchar,
    note text
)
language sql
stable
parallel safe
as $$
    select
        audit.step_id,
        audit.at,
        audit.actor,
        audit.step,
        audit.from_status,
        audit.to_status,
        audit.note
    from risk.alert_audit as audit
    where audit.alert_id = p_alert_id;
$$;

comment on function pipeline.list_alert_steps(bigint) is
    'The audit of an alert. Unordered: the caller orders by step_id.';
