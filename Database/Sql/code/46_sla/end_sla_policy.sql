-- Ends a policy: what is expected from a day on is no longer its business.
-- Grain: one value, true; false where it does not begin before that day, null when there is no such policy. Reads: sla.policies.
-- Called by: POST /api/sla/policies/{id}/end.
create function pipeline.end_sla_policy(
    p_policy_id bigint,
    p_valid_until date,
    p_note text,
    p_by text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_before sla.policies;
    v_after sla.policies;
begin
    select policy.*
    into v_before
    from sla.policies as policy
    where policy.policy_id = p_policy_id
    for update;
    if v_before.policy_id is null then
        return null;
    end if;
    if v_before.valid_from >= p_valid_until then
        return false;
    end if;
    update sla.policies as policy
    set valid_until = p_valid_until
    where policy.policy_id = p_policy_id
    returning policy.* into v_after;
    perform pipeline.write_change(
        'sla_policy',
        p_policy_id::text,
        'changed',
        p_by,
        p_note,
        to_jsonb(v_before),
        to_jsonb(v_after),
        p_now
    );
    return true;
end;
$$;

comment on function pipeline.end_sla_policy(bigint, date, text, text, timestamptz) is
    'Ends and audits a policy; incidents that began under it keep it. False when it begins on that day or later, null when it is unknown.';
