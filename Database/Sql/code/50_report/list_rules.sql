-- The rules as they count now, and what they did within 24 hours.
-- Grain: one rule. Reads: risk.rules, risk.rule_counts. Called by: GET /api/rules, GET /api/rules/{code}.
create function pipeline.list_rules(
    p_now timestamptz
) returns table (
    rule_code varchar,
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
    created_at timestamptz,
    recent_evaluated bigint,
    recent_hits bigint,
    recent_capped bigint,
    is_capped boolean
)
language sql
stable
parallel safe
as $$
    select
        rule.rule_code,
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
        rule.created_at,
        coalesce(counted.evaluated, 0) as recent_evaluated,
        coalesce(counted.hits, 0) as recent_hits,
        coalesce(counted.capped, 0) as recent_capped,
        -- As RuleActivity.IsOver has it.
        rule.mode = 'live'
            and rule.max_share < 1
            and coalesce(counted.evaluated >= 200, false)
            and counted.hits > rule.max_share * counted.evaluated as is_capped
    from pipeline.current_rules() as rule
    left join pipeline.sum_rule_counts(date_trunc('hour', p_now, 'UTC') - interval '23 hours')
        as counted
        on counted.rule_id = rule.rule_id;
$$;

comment on function pipeline.list_rules(timestamptz) is
    'The newest version of every rule, with what it did in this hour and the 23 before. Unordered: the caller orders by code.';
