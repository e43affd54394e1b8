-- Policies with their tiers.
-- Grain: one policy. Reads: sla.policies, sla.policy_tiers, sla.incidents. Called by: GET /api/sla/policies, add_sla_policy.
create function pipeline.list_sla_policies() returns table (
    policy_id bigint,
    merchant_id varchar,
    currency varchar,
    policy_name varchar,
    valid_from date,
    valid_until date,
    warning_days int,
    warning_day_kind varchar,
    escalation_days int,
    escalation_day_kind varchar,
    penalty_basis varchar,
    penalty_day_kind varchar,
    penalty_tiers jsonb,
    penalty_cap numeric,
    target_share numeric,
    author varchar,
    note text,
    created_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        policy.policy_id,
        policy.merchant_id,
        policy.currency::varchar,
        policy.policy_name,
        policy.valid_from,
        policy.valid_until,
        policy.warning_days,
        policy.warning_day_kind,
        policy.escalation_days,
        policy.escalation_day_kind,
        policy.penalty_basis,
        policy.penalty_day_kind,
        coalesce(
            (
                select jsonb_agg(
                    jsonb_build_object('from_day', tier.from_day, 'rate', trim_scale(tier.rate))
                    order by tier.from_day
                )
                from sla.policy_tiers as tier
                where tier.policy_id = policy.policy_id
            ),
            '[]'
        ),
        trim_scale(policy.penalty_cap),
        policy.target_share,
        policy.author,
        policy.note,
        policy.created_at
    from sla.policies as policy;
$$;

comment on function pipeline.list_sla_policies() is
    'Policies with the tiers of their penalties as a list of from_day and rate. Unordered.';
