-- Adds a policy; from then on it goes for what it covers, before older ones of the same scope.
-- Grain: one row, its id; none for an unknown merchant. Reads: merchants, sla.policies. Called by: POST /api/sla/policies.
--
-- A request that is sent twice makes one: where the newest policy of the scope says just the same, nothing is added.
-- Incidents keep the policy under which they began, so that what was said about them stays.
create function pipeline.add_sla_policy(
    p_merchant_id text,
    p_currency text,
    p_policy_name text,
    p_valid_from date,
    p_valid_until date,
    p_warning_days int,
    p_warning_day_kind text,
    p_escalation_days int,
    p_escalation_day_kind text,
    p_penalty_basis text,
    p_penalty_day_kind text,
    p_penalty_cap numeric,
    p_tier_days int[],
    p_tier_rates numeric[],
    p_target_share numeric,
    p_note text,
    p_by text,
    p_now timestamptz
) returns table (
    policy_id bigint,
    is_new boolean
)
language plpgsql
as $$
declare
    v_policy_id bigint;
begin
    if p_merchant_id is not null and not exists (
        select
        from public.merchants as merchant
        where merchant.merchant_id = p_merchant_id
    ) then
        return;
    end if;

    -- Of two that are made at once the newer one is the one that commits last.
    perform pipeline.order_sla_events();
    select twin.policy_id
    into v_policy_id
    from sla.policies as twin
    where twin.policy_id = (
            select max(newest.policy_id)
            from sla.policies as newest
            where newest.merchant_id is not distinct from p_merchant_id
                and newest.currency is not distinct from p_currency
        )
        and (
            twin.policy_name,
            twin.valid_from,
            twin.valid_until,
            twin.warning_days,
            twin.warning_day_kind,
            twin.escalation_days,
            twin.escalation_day_kind,
            twin.penalty_basis,
            twin.penalty_day_kind,
            twin.penalty_cap,
            twin.target_share
        ) is not distinct from (
            p_policy_name,
            p_valid_from,
            p_valid_until,
            p_warning_days,
            p_warning_day_kind,
            p_escalation_days,
            p_escalation_day_kind,
            p_penalty_basis,
            p_penalty_day_kind,
            p_penalty_cap,
            p_target_share
        )
        and array(
            select (tier.from_day, tier.rate)::text
            from sla.policy_tiers as tier
            where tier.policy_id = twin.policy_id
            order by tier.from_day
        ) = array(
            select (tier.from_day, tier.rate::numeric(18, 6))::text
            from unnest(p_tier_days, p_tier_rates) as tier (from_day, rate)
            order by tier.from_day
        );
    if v_policy_id is not null then
        return query select v_policy_id, false;
        return;
    end if;

    insert into sla.policies (
        merchant_id,
        currency,
        policy_name,
        valid_from,
        valid_until,
        warning_days,
        warning_day_kind,
        escalation_days,
        escalation_day_kind,
        penalty_basis,
        penalty_day_kind,
        penalty_cap,
        target_share,
        author,
        note,
        created_at
    )
    values (
        p_merchant_id,
        p_currency,
        p_policy_name,
        p_valid_from,
        p_valid_until,
        p_warning_days,
        p_warning_day_kind,
        p_escalation_days,
        p_escalation_day_kind,
        p_penalty_basis,
        p_penalty_day_kind,
        p_penalty_cap,
        p_target_share,
        left(p_by, 100),
        p_note,
        p_now
    )
    returning policies.policy_id into v_policy_id;

    insert into sla.policy_tiers (policy_id, from_day, rate)
    select
        v_policy_id,
        tier.from_day,
        tier.rate
    from unnest(p_tier_days, p_tier_rates) as tier (from_day, rate)
    order by tier.from_day;

    perform pipeline.write_change(
        'sla_policy',
        v_policy_id::text,
        'created',
        p_by,
        p_note,
        null,
        (
            select to_jsonb(policy)
            from pipeline.list_sla_policies() as policy
            where policy.policy_id = v_policy_id
        ),
        p_now
    );
    return query select v_policy_id, true;
end;
$$;

comment on function pipeline.add_sla_policy(
    text, text, text, date, date, int, text, int, text, text, text, numeric, int[], numeric[],
    numeric, text, text, timestamptz
) is
    'Adds and audits a policy; returns its id, or no row when there is no such merchant. Where the newest policy of merchant and currency says just the same, its id, and is_new is false.';
