-- Tells the feed about steps of alerts about rules, as these are now.
-- Grain: none. Reads: risk.rule_alerts. Called by: raise_rule_alerts, acknowledge_rule_alert, last in their transactions.
create function pipeline.write_rule_events(
    p_rule_alert_ids bigint[],
    p_step text
) returns void
language plpgsql
as $$
begin
    perform pipeline.order_events();
    insert into risk.events (kind, payload)
    select
        'rule',
        jsonb_build_object(
            'step', p_step,
            'rule_alert_id', alert.rule_alert_id,
            'rule_code', alert.rule_code,
            'rule_version', alert.rule_version,
            'alerted_on', alert.alerted_on,
            'severity', alert.severity,
            'status', alert.status,
            'max_share', alert.max_share,
            'evaluated', alert.evaluated,
            'hits', alert.hits,
            'acknowledged_by', alert.acknowledged_by
        )
    from risk.rule_alerts as alert
    where alert.rule_alert_id = any (p_rule_alert_ids)
    order by alert.rule_alert_id;
end;
$$;

comment on function pipeline.write_rule_events(bigint[], text) is
    'Writes one event for each of the alerts about rules; step is capped or acknowledged.';
