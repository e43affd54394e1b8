-- Alerts: the queue, or all of a customer, an analyst, a period.
-- Grain: one alert. Reads: risk.alerts. Called by: GET /api/alerts, GET /api/alerts/{id}.
create function pipeline.list_alerts(
    p_status text,
    p_severity text,
    p_assignee text,
    p_customer_id text,
    p_rule_code text,
    p_currency text,
    p_is_overdue boolean,
    p_from date,
    p_to date,
    p_now timestamptz
) returns table (
    alert_id bigint,
    status varchar,
    severity varchar,
    customer_id varchar,
    rule_code varchar,
    payment_id varchar,
    payment_count bigint,
    score numeric,
    expected_loss numeric,
    currency varchar,
    other_currency_payments bigint,
    priority numeric,
    assignee varchar,
    opened_at timestamptz,
    due_at timestamptz,
    is_overdue boolean,
    updated_at timestamptz,
    resolved_at timestamptz,
    resolved_by varchar,
    resolution text
)
language sql
stable
parallel safe
as $$
    select
        alert.alert_id,
        alert.status,
        alert.severity,
        alert.customer_id,
        alert.rule_code,
        alert.payment_id,
        alert.payment_count,
        alert.score,
        alert.expected_loss,
        alert.currency::varchar as currency,
        alert.other_currency_payments,
        alert.priority,
        alert.assignee,
        alert.opened_at,
        alert.due_at,
        alert.due_at < coalesce(alert.resolved_at, p_now) as is_overdue,
        alert.updated_at,
        alert.resolved_at,
        alert.resolved_by,
        alert.resolution
    from risk.alerts as alert
    where (p_status is null or alert.status = p_status)
        and (p_severity is null or alert.severity = p_severity)
        and (p_assignee is null or alert.assignee = p_assignee)
        and (p_customer_id is null or alert.customer_id = p_customer_id)
        and (p_rule_code is null or alert.rule_code = p_rule_code)
        and (p_currency is null or alert.currency = p_currency)
        and (
            p_is_overdue is null
            or (alert.due_at < p_now and alert.status in ('OPEN', 'IN_REVIEW')) = p_is_overdue
        )
        and (p_from is null or alert.opened_at >= p_from::timestamp at time zone 'UTC')
        and (p_to is null or alert.opened_at < (p_to + 1)::timestamp at time zone 'UTC');
$$;

comment on function pipeline.list_alerts(
    text, text, text, text, text, text, boolean, date, date, timestamptz
) is
    'Alerts by what is given; overdue ones wait beyond their time. Unordered: the caller pages by priority and alert_id, or by alert_id.';
