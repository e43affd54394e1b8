-- Late settlements with all that is known about them, as of today (UTC).
-- Grain: one row per settlement paid, or still unpaid, after its expected date.
-- Reads: late_settlements, merchants, sla.policies. Called by: BI tools.
create or replace view public.vw_sla_breaches as
select
    late.settlement_id as settlement_id,
    late.merchant_id as merchant_id,
    merchant.merchant_name as merchant_name,
    late.currency::varchar(3) as currency,
    late.status as settlement_status,
    late.period_start as period_start,
    late.period_end as period_end,
    late.expected_settlement_date as expected_settlement_date,
    late.settlement_date as settlement_date,
    late.days_delayed as days_delayed,
    late.business_days_delayed as business_days_delayed,
    late.total_amount as total_amount,
    late.net_amount as net_amount,
    late.penalty_amount::numeric(24, 3) as penalty_amount,
    late.policy_id as policy_id,
    policy.policy_name as policy_name,
    late.incident_state as incident_state,
    late.incident_outcome as incident_outcome,
    late.opened_on as opened_on,
    late.escalated_on as escalated_on,
    late.closed_on as closed_on,
    late.acknowledged_at as acknowledged_at,
    late.assignee as assignee
from pipeline.late_settlements as late
inner join public.merchants as merchant on merchant.merchant_id = late.merchant_id
left join sla.policies as policy on policy.policy_id = late.policy_id;

comment on view public.vw_sla_breaches is
    'Settlements paid after their expected date, or unpaid since, as of today in UTC; money in the row''s currency.';
comment on column public.vw_sla_breaches.days_delayed is
    'Calendar days from the expected date to the day paid, or to today.';
comment on column public.vw_sla_breaches.business_days_delayed is
    'The same in business days of the calendar of the merchant''s terms.';
comment on column public.vw_sla_breaches.penalty_amount is
    'Accrued by the policy up to the last SLA check; no more once it is paid.';
comment on column public.vw_sla_breaches.incident_state is
    'open, escalated or closed; empty before the next SLA check, and where nothing is owed.';
