-- Keeps a rule from counting for a customer, a merchant or the customers of a country.
-- Grain: one value, the suppression's id; null where there is one already.
-- Reads: risk.suppressions. Called by: POST /api/suppressions.
create function pipeline.add_suppression(
    p_rule_code text,
    p_party_kind text,
    p_party text,
    p_reason text,
    p_expires_at timestamptz,
    p_author text,
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_suppression risk.suppressions;
begin
    -- An expired one makes room.
    update risk.suppressions as ended
    set
        removed_at = p_now,
        removed_by = left(p_author, 100)
    where ended.rule_code = p_rule_code
        and ended.party_kind = p_party_kind
        and ended.party = p_party
        and ended.removed_at is null
        and ended.expires_at <= p_now;

    insert into risk.suppressions (
        rule_code,
        party_kind,
        party,
        reason,
        author,
        created_at,
        expires_at
    )
    values (
        p_rule_code,
        p_party_kind,
        p_party,
        p_reason,
        left(p_author, 100),
        p_now,
        p_expires_at
    )
    on conflict do nothing
    returning * into v_suppression;
    if v_suppression.suppression_id is null then
        return null;
    end if;

    perform pipeline.write_risk_audit(
        'suppression',
        v_suppression.suppression_id::text,
        'created',
        p_author,
        p_reason,
        null,
        to_jsonb(v_suppression),
        p_now
    );
    perform pipeline.announce_risk_change('rules');
    return v_suppression.suppression_id;
end;
$$;

comment on function pipeline.add_suppression(
    text, text, text, text, timestamptz, text, timestamptz
) is
    'Suppresses a rule for a party, audits and announces it, and returns the id; null, and nothing done, where it is suppressed.';
