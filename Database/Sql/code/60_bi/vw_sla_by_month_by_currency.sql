-- How well merchants were paid month by month, in each currency.
-- Grain: merchant x month of the expected date x currency; of settlements due before today (UTC) that had something to pay.
-- Reads: sla_months, merchants. Called by: BI tools, GET /api/sla/figures?by_currency=true.
create or replace view public.vw_sla_by_month_by_currency as
select
    months.merchant_id as merchant_id,
    merchant.merchant_name as merchant_name,
    months.month as month,
    months.settlements::bigint as settlements,
    months.on_time::bigint as on_time,
    months.late::bigint as late,
    months.unpaid::bigint as unpaid,
    (100 * months.on_time / months.settlements)::numeric(5, 2) as on_time_share,
    months.mean_days::numeric(10, 2) as mean_days_delayed,
    months.p95_days as p95_days_delayed,
    months.mean_business_days::numeric(10, 2) as mean_business_days_delayed,
    months.p95_business_days as p95_business_days_delayed,
    (100 - 100 * months.error_budget / months.settlements)::numeric(5, 2) as target_share,
    months.error_budget::numeric(14, 4) as error_budget,
    (100 * months.late / nullif(months.error_budget, 0))::numeric(14, 2) as error_budget_used,
    coalesce(months.penalty_amount, 0)::numeric(24, 3) as penalty_amount,
    months.currency::varchar(3) as currency
from pipeline.sla_months as months
inner join public.merchants as merchant on merchant.merchant_id = months.merchant_id
where months.currency is not null;

comment on view public.vw_sla_by_month_by_currency is
    'Settlements due by merchant and month, in each currency: share paid in time, delays, error budget and penalty.';
comment on column public.vw_sla_by_month_by_currency.month is
    'First day of the month of the expected dates.';
comment on column public.vw_sla_by_month_by_currency.on_time_share is
    'Percent paid on or before the expected date.';
comment on column public.vw_sla_by_month_by_currency.mean_days_delayed is
    'Calendar days late, over all settlements; in time counts as 0.';
comment on column public.vw_sla_by_month_by_currency.p95_days_delayed is
    'The least number of calendar days that 95 % of the settlements were not later than.';
comment on column public.vw_sla_by_month_by_currency.target_share is
    'Percent that is to be in time, by the policy valid at the end of the month.';
comment on column public.vw_sla_by_month_by_currency.error_budget is
    'Settlements that may be late by the target.';
comment on column public.vw_sla_by_month_by_currency.error_budget_used is
    'Late settlements in percent of the error budget; empty where nothing may be late.';
