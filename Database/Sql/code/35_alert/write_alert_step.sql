-- Keeps a step of an alert in its audit and tells the feed about it.
-- Grain: none. Reads: risk.alerts. Called by: the functions behind POST /api/alerts/…, last in their transactions.
create function pipeline.write_alert_step(
    p_alert_id bigint,
    p_step text,
    p_from_status text,
    p_note text,
    p_by text,
    p_now timestamptz
) returns void
language plpgsql
as $$
begin
    insert into risk.alert_audit (alert_id, at, actor, step, from_status, to_status, note)
    select
        alert.alert_id,
        p_now,
        left(p_by, 100),
        p_step,
        p_from_status,
        alert.status,
        p_note
    from risk.alerts as alert
    where alert.alert_id = p_alert_id;
    perform pipeline.write_alert_events(array[p_alert_id], p_step);
end;
$$;

comment on function pipeline.write_alert_step(bigint, text, text, text, text, timestamptz) is
    'Writes a step of an alert, as the alert is now, to risk.alert_audit and risk.events.';
