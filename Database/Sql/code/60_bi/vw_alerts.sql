-- Alerts and how long their review took.
-- Grain: one row per alert. Reads: risk.alerts. Called by: BI tools.
create or replace view public.vw_alerts as
select
    alert.alert_id as alert_id,
    alert.status as status,
    alert.severity as severity,
    alert.customer_id as customer_id,
    alert.rule_code as rule_code,
    alert.payment_id as payment_id,
    alert.payment_count as payment_count,
    alert.score as score,
    alert.expected_loss as expected_loss,
    alert.currency::varchar(3) as currency,
    alert.other_currency_payments as other_currency_payments,
    alert.assignee as assignee,
    (alert.opened_at at time zone 'UTC')::date as opened_date,
    alert.opened_at as opened_at,
    alert.due_at as due_at,
    alert.resolved_at as resolved_at,
    alert.resolved_by as resolved_by,
    (extract(epoch from alert.resolved_at - alert.opened_at) / 3600)::numeric(12, 2)
        as hours_to_resolve,
    case when coalesce(alert.resolved_at, now()) > alert.due_at then 1 else 0 end as late_count
from risk.alerts as alert;

comment on view public.vw_alerts is
    'Alerts with severity, status and times; expected loss in the alert''s currency, never to be added up over currencies.';
comment on column public.vw_alerts.expected_loss is
    'Fraud probability (or score / 100) x amount, over the payments in the alert''s currency.';
comment on column public.vw_alerts.other_currency_payments is
    'Payments that expected_loss leaves out, because they are in another currency.';
comment on column public.vw_alerts.opened_date is
    'UTC day.';
comment on column public.vw_alerts.late_count is
    '1 when the alert was, or is, reviewed later than it should be; else 0.';
