-- Rules that their caps have stopped.
-- Grain: one rule and UTC day. Reads: risk.rule_alerts. Called by: GET /api/alerts/rules.
create function pipeline.list_rule_alerts(
    p_status text,
    p_rule_code text,
    p_from date,
    p_to date
) returns table (
    rule_alert_id bigint,
    status varchar,
    rule_code varchar,
    rule_version int,
    severity varchar,
    alerted_on date,
    max_share numeric,
    evaluated bigint,
    hits bigint,
    raised_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by varchar,
    note varchar
)
language sql
stable
parallel safe
as $$
    select
        alert.rule_alert_id,
        alert.status,
        alert.rule_code,
        alert.rule_version,
        alert.severity,
        alert.alerted_on,
        alert.max_share,
        alert.evaluated,
        alert.hits,
        alert.raised_at,
        alert.acknowledged_at,
        alert.acknowledged_by,
        alert.note
    from risk.rule_alerts as alert
    where (p_status is null or alert.status = p_status)
        and (p_rule_code is null or alert.rule_code = p_rule_code)
        and (p_from is null or alert.alerted_on >= p_from)
        and (p_to is null or alert.alerted_on <= p_to);
$$;

comment on function pipeline.list_rule_alerts(text, text, date, date) is
    'Alerts about rules that hit more than their share, each filter may be null. Unordered: the caller pages by rule_alert_id.';
