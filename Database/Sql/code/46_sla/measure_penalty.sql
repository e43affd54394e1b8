-- What being late for a number of days costs by a policy, in its own units: percent of the net amount, or money.
-- Grain: one row. Reads: sla.policies, sla.policy_tiers. Called by: check_sla, judge_sla, list_penalty_tiers.
--
-- Each day costs the rate of the tier that it lies in; the sum is cut at the cap, which it reaches on cap_day.
create function pipeline.measure_penalty(
    p_policy_id bigint,
    p_days int
) returns table (
    units numeric,
    tier int,
    cap_day int,
    is_capped boolean
)
language sql
stable
parallel safe
as $$
    with tier as (
        select
            tier.from_day,
            tier.rate,
            lead(tier.from_day) over (order by tier.from_day) as next_day
        from sla.policy_tiers as tier
        where tier.policy_id = p_policy_id
    ),
    priced as (
        select
            tier.from_day,
            tier.rate,
            tier.next_day,
            coalesce(
                sum(tier.rate * (tier.next_day - tier.from_day)) over (
                    order by tier.from_day
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as units_before,
            greatest(least(p_days, tier.next_day - 1) - tier.from_day + 1, 0) as days
        from tier
    ),
    summed as (
        select
            policy.penalty_cap,
            coalesce(sum(priced.rate * priced.days), 0) as units,
            max(priced.from_day) filter (where priced.days > 0) as tier,
            min(priced.from_day - 1 + ceil((policy.penalty_cap - priced.units_before) / priced.rate))
                filter (
                    where priced.rate > 0
                        and policy.penalty_cap > priced.units_before
                        and (
                            priced.next_day is null
                            or policy.penalty_cap
                                <= priced.units_before
                                    + priced.rate * (priced.next_day - priced.from_day)
                        )
                ) as cap_day
        from sla.policies as policy
        left join priced on true
        where policy.policy_id = p_policy_id
        group by policy.penalty_cap
    )
    select
        least(summed.units, summed.penalty_cap),
        summed.tier,
        summed.cap_day::int,
        coalesce(summed.cap_day <= p_days, false)
    from summed;
$$;

comment on function pipeline.measure_penalty(bigint, int) is
    'What so many days late cost by a policy: percent of the net amount or an amount, the tier that the last day lies in, the day on which the cap is reached, and whether it is.';
