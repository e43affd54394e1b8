-- Makes a new version of a rule, the first too: it counts from the next batch on.
-- Grain: one value, the new version; null where the rule has another version than the caller saw.
-- Reads: risk.rules. Called by: POST /api/rules, PUT /api/rules/{code}, POST /api/rules/{code}/mode.
create function pipeline.save_rule(
    p_rule_code text,
    p_seen_version int,
    p_description text,
    p_expression text,
    p_mode text,
    p_points numeric,
    p_floor_score numeric,
    p_severity text,
    p_is_flag boolean,
    p_max_share numeric,
    p_valid_from timestamptz,
    p_valid_until timestamptz,
    p_author text,
    p_note text,
    p_now timestamptz
) returns int
language plpgsql
as $$
declare
    v_before risk.rules;
    v_after risk.rules;
begin
    -- Changes take turns here, so that the version seen is the version changed.
    perform
    from risk.versions as known
    where known.subject = 'rules'
    for update;

    select rule.*
    into v_before
    from risk.rules as rule
    where rule.rule_code = p_rule_code
    order by rule.rule_version desc
    limit 1;
    if coalesce(v_before.rule_version, 0) <> p_seen_version then
        return null;
    end if;

    insert into risk.rules (
        rule_code,
        rule_version,
        description,
        expression,
        mode,
        points,
        floor_score,
        severity,
        is_flag,
        max_share,
        valid_from,
        valid_until,
        author,
        note,
        created_at
    )
    values (
        p_rule_code,
        p_seen_version + 1,
        p_description,
        p_expression,
        p_mode,
        p_points,
        p_floor_score,
        p_severity,
        p_is_flag,
        p_max_share,
        p_valid_from,
        p_valid_until,
        left(p_author, 100),
        p_note,
        p_now
    )
    returning * into v_after;

    perform pipeline.write_risk_audit(
        'rule',
        p_rule_code,
        case when p_seen_version = 0 then 'created' else 'changed' end,
        p_author,
        p_note,
        case when p_seen_version > 0 then to_jsonb(v_before) end,
        to_jsonb(v_after),
        p_now
    );
    perform pipeline.announce_risk_change('rules');
    return v_after.rule_version;
end;
$$;

comment on function pipeline.save_rule(
    text,
    int,
    text,
    text,
    text,
    numeric,
    numeric,
    text,
    boolean,
    numeric,
    timestamptz,
    timestamptz,
    text,
    text,
    timestamptz
) is
    'Writes a new version of a rule, audits and announces it, and returns its number; null, and nothing done, where the newest version is not the one seen (0: none).';
