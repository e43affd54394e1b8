-- The alerts that a payment is in.
-- Grain: one alert. Reads: risk.alert_payments, risk.alerts. Called by: GET /api/payments/{id}.
create function pipeline.list_alerts_of_payment(
    p_payment_id text
) returns table (
    alert_id bigint,
    rule_code varchar,
    severity varchar,
    status varchar,
    assignee varchar,
    joined_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        alert.alert_id,
        alert.rule_code::varchar,
        alert.severity::varchar,
        alert.status::varchar,
        alert.assignee::varchar,
        held.joined_at
    from risk.alert_payments as held
    inner join risk.alerts as alert on alert.alert_id = held.alert_id
    where held.payment_id = p_payment_id;
$$;

comment on function pipeline.list_alerts_of_payment(text) is
    'The alerts that a payment is in, as they are now. Unordered: the caller sorts by joined_at and alert_id.';
