-- Settlements that the check has to look at: those whose incident may have to change.
-- Grain: one value, their ids. Reads: settlements, sla.incidents, sla.policies, sla.checks. Called by: check_sla.
--
-- Two small sets, each found by its partial index, are laid side by side: what is not paid, and the incidents that are
-- followed. However many settlements are paid, nothing looks at them; one that was paid late before anybody looked comes in
-- through check_sla, when its mark changes.
create function pipeline.find_sla_candidates(
    p_as_of date
) returns text[]
language sql
stable
as $$
    with horizon as (
        select
            max(policy.warning_days) as warning_days,
            exists (
                select
                from sla.checks as last_check
                where last_check.as_of > p_as_of
            ) as is_step_back
        from sla.policies as policy
    ),
    unpaid as (
        select
            settlement.settlement_id,
            settlement.status,
            settlement.net_amount,
            settlement.expected_settlement_date
        from public.settlements as settlement
        where settlement.settlement_date is null
    ),
    followed as (
        select
            incident.settlement_id,
            incident.settlement_status,
            incident.net_amount,
            incident.expected_settlement_date,
            incident.next_check_on
        from sla.incidents as incident
        where incident.state <> 'closed'
    )
    select array_agg(coalesce(unpaid.settlement_id, followed.settlement_id)::text)
    from unpaid
    full join followed on followed.settlement_id = unpaid.settlement_id
    cross join horizon
    where case
        when unpaid.settlement_id is null then true
        when followed.settlement_id is null then
            unpaid.net_amount > 0
            and (
                unpaid.expected_settlement_date < p_as_of
                or unpaid.status = 'FAILED'
                -- Business days are fewer than days: weekends, and at most ten holidays among so few.
                or unpaid.expected_settlement_date <= p_as_of + horizon.warning_days * 2 + 10
            )
        else
            followed.next_check_on <= p_as_of
            or followed.settlement_status <> unpaid.status
            or followed.net_amount <> unpaid.net_amount
            or followed.expected_settlement_date <> unpaid.expected_settlement_date
            or horizon.is_step_back
    end;
$$;

comment on function pipeline.find_sla_candidates(date) is
    'Ids of settlements whose incident may have to change on a day; null without any.';
