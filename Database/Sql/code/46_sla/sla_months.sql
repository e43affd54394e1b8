-- How well merchants were paid, month by month, in each currency and over all.
-- Grain: merchant x month of the expected date x currency; currency null: all of them.
-- Reads: sla_delays, sla.policies. Called by: vw_sla_by_month, vw_sla_by_month_by_currency.
--
-- In time counts as 0 days late; the 95th percentile is the least delay that 95 % of the settlements do not exceed. The error
-- budget is how many may be late by the target of the policy that is valid at the end of the month.
create view pipeline.sla_months as
with scoped as (
    select
        delay.merchant_id as merchant_id,
        delay.month as month,
        scope.currency as currency,
        delay.currency as settlement_currency,
        delay.days as days,
        delay.business_days as business_days,
        delay.settlements as settlements,
        delay.unpaid as unpaid,
        delay.penalty_amount as penalty_amount
    from pipeline.sla_delays as delay
    cross join lateral (values (delay.currency), (null)) as scope (currency)
),
ranked as (
    select
        scoped.merchant_id as merchant_id,
        scoped.month as month,
        scoped.currency as currency,
        scoped.settlement_currency as settlement_currency,
        scoped.days as days,
        scoped.business_days as business_days,
        scoped.settlements as settlements,
        scoped.unpaid as unpaid,
        scoped.penalty_amount as penalty_amount,
        sum(scoped.settlements) over (
            partition by scoped.merchant_id, scoped.month, scoped.currency
        ) as total,
        sum(scoped.settlements) over (
            partition by scoped.merchant_id, scoped.month, scoped.currency
            order by scoped.days
        ) as settlements_through,
        sum(scoped.settlements) over (
            partition by scoped.merchant_id, scoped.month, scoped.currency
            order by scoped.business_days
        ) as settlements_through_business
    from scoped
),
counted as (
    select
        ranked.merchant_id as merchant_id,
        ranked.month as month,
        ranked.currency as currency,
        ranked.settlement_currency as settlement_currency,
        sum(ranked.settlements) as settlements,
        coalesce(sum(ranked.settlements) filter (where ranked.days = 0), 0) as on_time,
        sum(ranked.unpaid) as unpaid,
        sum(ranked.days * ranked.settlements) as days,
        sum(ranked.business_days * ranked.settlements) as business_days,
        min(ranked.days) filter (where ranked.settlements_through >= 0.95 * ranked.total)
            as p95_days,
        min(ranked.business_days) filter (
            where ranked.settlements_through_business >= 0.95 * ranked.total
        ) as p95_business_days,
        sum(ranked.penalty_amount) as penalty_amount
    from ranked
    group by
        ranked.merchant_id,
        ranked.month,
        ranked.currency,
        ranked.settlement_currency
),
targeted as (
    select
        counted.merchant_id as merchant_id,
        counted.month as month,
        counted.currency as currency,
        counted.settlement_currency as settlement_currency,
        counted.settlements as settlements,
        counted.on_time as on_time,
        counted.unpaid as unpaid,
        counted.days as days,
        counted.business_days as business_days,
        counted.p95_days as p95_days,
        counted.p95_business_days as p95_business_days,
        counted.penalty_amount as penalty_amount,
        counted.settlements * (
            100 - coalesce(
                (
                    select policy.target_share
                    from sla.policies as policy
                    where (policy.merchant_id = counted.merchant_id or policy.merchant_id is null)
                        and (
                            policy.currency = counted.settlement_currency
                            or policy.currency is null
                        )
                        and policy.valid_from <= (counted.month + interval '1 month')::date - 1
                        and (
                            policy.valid_until is null
                            or policy.valid_until > (counted.month + interval '1 month')::date - 1
                        )
                    -- As pipeline.find_sla_policy, which BI tools may not call.
                    order by
                        policy.merchant_id is null,
                        policy.currency is null,
                        policy.policy_id desc
                    limit 1
                ),
                100
            )
        ) / 100 as error_budget
    from counted
)
select
    targeted.merchant_id as merchant_id,
    targeted.month as month,
    targeted.currency as currency,
    sum(targeted.settlements) as settlements,
    sum(targeted.on_time) as on_time,
    sum(targeted.settlements) - sum(targeted.on_time) as late,
    sum(targeted.unpaid) as unpaid,
    sum(targeted.days) / sum(targeted.settlements) as mean_days,
    min(targeted.p95_days) as p95_days,
    sum(targeted.business_days) / sum(targeted.settlements) as mean_business_days,
    min(targeted.p95_business_days) as p95_business_days,
    sum(targeted.error_budget) as error_budget,
    sum(targeted.penalty_amount) filter (
        where targeted.settlement_currency = coalesce(
            targeted.currency,
            (
                select setting.reporting_currency
                from public.reporting_settings as setting
            )
        )
    ) as penalty_amount,
    sum(targeted.settlements) filter (
        where targeted.settlement_currency <> (
            select setting.reporting_currency
            from public.reporting_settings as setting
        )
    ) as other_currency_settlements
from targeted
group by
    targeted.merchant_id,
    targeted.month,
    targeted.currency;

comment on view pipeline.sla_months is
    'Settlements, share in time, delays, error budget and penalty by merchant and month, in each currency and over all (currency null).';
