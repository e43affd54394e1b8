-- Says that somebody has seen that a rule is stopped.
-- Grain: one row; none when there is no such alert. Reads: risk.rule_alerts.
-- Called by: POST /api/alerts/rules/{id}/acknowledge.
create function pipeline.acknowledge_rule_alert(
    p_rule_alert_id bigint,
    p_note text,
    p_by text,
    p_now timestamptz
) returns table (
    is_done boolean,
    acknowledged_by varchar
)
language plpgsql
as $$
declare
    v_before risk.rule_alerts;
    v_after risk.rule_alerts;
begin
    -- First, as raise_rule_alerts does.
    perform pipeline.order_events();
    select alert.*
    into v_before
    from risk.rule_alerts as alert
    where alert.rule_alert_id = p_rule_alert_id;
    if v_before.rule_alert_id is null then
        return;
    end if;
    if v_before.status <> 'OPEN' then
        return query select false, v_before.acknowledged_by;
        return;
    end if;

    update risk.rule_alerts as alert
    set
        status = 'ACKNOWLEDGED',
        acknowledged_at = p_now,
        acknowledged_by = left(p_by, 100),
        note = p_note
    where alert.rule_alert_id = p_rule_alert_id
    returning alert.* into v_after;
    perform pipeline.write_risk_audit(
        'rule',
        v_after.rule_code,
        'acknowledged',
        p_by,
        p_note,
        to_jsonb(v_before),
        to_jsonb(v_after),
        p_now
    );
    perform pipeline.write_rule_events(array[p_rule_alert_id], 'acknowledged');
    return query select true, v_after.acknowledged_by;
end;
$$;

comment on function pipeline.acknowledge_rule_alert(bigint, text, text, timestamptz) is
    'Acknowledges an open alert about a rule, audits it and tells the feed; is_done is false, with who was faster, when it is not open any more.';
