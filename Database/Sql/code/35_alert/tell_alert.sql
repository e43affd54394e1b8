-- Tells the caller of a step what the alert is now.
-- Grain: one row; none when there is no such alert. Reads: risk.alerts.
-- Called by: assign_alert, resolve_alert, reopen_alert.
create function pipeline.tell_alert(
    p_alert_id bigint,
    p_is_done boolean
) returns table (
    is_done boolean,
    status varchar,
    assignee varchar
)
language sql
stable
parallel safe
as $$
    select
        p_is_done as is_done,
        alert.status,
        alert.assignee
    from risk.alerts as alert
    where alert.alert_id = p_alert_id;
$$;

comment on function pipeline.tell_alert(bigint, boolean) is
    'Status and assignee of an alert, with whether a step was done; no row when there is no such alert.';
