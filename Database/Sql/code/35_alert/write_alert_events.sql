-- Writes events about steps of alerts. The rest of what the feed sends about an alert, list_events reads.
-- Grain: none. Reads: risk.alerts. Called by: whatever changes alerts, last in its transaction.
create function pipeline.write_alert_events(
    p_alert_ids bigint[],
    p_step text
) returns void
language plpgsql
as $$
begin
    perform pipeline.order_events();
    insert into risk.events (kind, alert_id, payload)
    select
        'alert',
        alert.alert_id,
        jsonb_build_object('step', p_step, 'status', alert.status)
    from risk.alerts as alert
    where alert.alert_id = any (p_alert_ids)
    order by alert.alert_id;
end;
$$;

comment on function pipeline.write_alert_events(bigint[], text) is
    'Writes one event for each of the alerts; step is that of risk.alert_audit.';
