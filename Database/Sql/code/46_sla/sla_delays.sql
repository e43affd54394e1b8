-- How late settlements were, counted: those that were due before today (UTC) and had something to pay.
-- Grain: merchant x month of the expected date x currency x days late. Reads: settlements, late_settlements. Called by: sla_months.
create view pipeline.sla_delays as
select
    settlement.merchant_id as merchant_id,
    date_trunc('month', settlement.expected_settlement_date::timestamp)::date as month,
    settlement.currency as currency,
    0 as days,
    0 as business_days,
    count(*) as settlements,
    0 as unpaid,
    0::numeric as penalty_amount
from public.settlements as settlement
where settlement.settlement_date <= settlement.expected_settlement_date
    and settlement.expected_settlement_date < (now() at time zone 'UTC')::date
    and settlement.net_amount > 0
group by
    settlement.merchant_id,
    date_trunc('month', settlement.expected_settlement_date::timestamp)::date,
    settlement.currency
union all
select
    late.merchant_id as merchant_id,
    date_trunc('month', late.expected_settlement_date::timestamp)::date as month,
    late.currency as currency,
    late.days_delayed as days,
    late.business_days_delayed as business_days,
    count(*) as settlements,
    count(*) filter (where late.settlement_date is null) as unpaid,
    sum(late.penalty_amount) as penalty_amount
from pipeline.late_settlements as late
where late.net_amount > 0
group by
    late.merchant_id,
    date_trunc('month', late.expected_settlement_date::timestamp)::date,
    late.currency,
    late.days_delayed,
    late.business_days_delayed;

comment on view pipeline.sla_delays is
    'Settlements due before today by merchant, month, currency and days late (0: in time).';
