-- Every version of a rule.
-- Grain: one version. Reads: risk.rules. Called by: GET /api/rules/{code}.
create function pipeline.list_rule_versions(
    p_rule_code text
) returns table (
    version int,
    description varchar,
    expression varchar,
    mode varchar,
    points numeric,
    floor_score numeric,
    severity varchar,
    is_flag boolean,
    max_share numeric,
    valid_from timestamptz,
    valid_until timestamptz,
    author varchar,
    note varchar,
    created_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        rule.rule_version as version,
        rule.description,
        rule.expression,
        rule.mode,
        rule.points,
        rule.floor_score,
        rule.severity,
        rule.is_flag,
        rule.max_share,
        rule.valid_from,
        rule.valid_until,
        rule.author,
        rule.note,
        rule.created_at
    from risk.rules as rule
    where rule.rule_code = p_rule_code;
$$;

comment on function pipeline.list_rule_versions(text) is
    'Every version of a rule, with who made it and why. Unordered: the caller orders by version.';
