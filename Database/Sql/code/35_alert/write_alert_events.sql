-- Tells the feed about steps of alerts, as the alerts are now.
-- Grain: none. Reads: risk.alerts. Called by: whatever changes alerts, last in its transaction.
create function pipeline.write_alert_events(
    p_alert_ids bigint[],
    p_step text
) returns void
language plpgsql
as $$
begin
    perform pipeline.order_events();
    insert into risk.events (kind, payment_id, alert_id, payload)
    select
        'alert',
        alert.payment_id,
        alert.alert_id,
        jsonb_build_object(
            'step', p_step,
            'alert_id', alert.alert_id,
            'status', alert.status,
            'severity', alert.severity,
            'customer_id', alert.customer_id,
            'rule_code', alert.rule_code,
            'payment_id', alert.payment_id,
            'payment_count', alert.payment_count,
            'score', alert.score,
            'expected_loss', round(alert.expected_loss, money.minor_digits),
            'currency', alert.currency,
            'assignee', alert.assignee,
            'due_at', to_char(alert.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        )
    from risk.alerts as alert
    inner join public.currencies as money on money.currency = alert.currency
    where alert.alert_id = any (p_alert_ids)
    order by alert.alert_id;
end;
$$;

comment on function pipeline.write_alert_events(bigint[], text) is
    'Writes one event for each of the alerts; step is that of risk.alert_audit.';
