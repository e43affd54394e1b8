-- What the versions of a rule did, hour by hour.
-- Grain: one hour of one version. Reads: risk.rule_counts, risk.rules. Called by: GET /api/rules/{code}/activity.
create function pipeline.list_rule_activity(
    p_rule_code text
) returns table (
    counted_hour timestamptz,
    version int,
    mode varchar,
    evaluated bigint,
    hits bigint,
    capped bigint
)
language sql
stable
parallel safe
as $$
    select
        hour.counted_hour,
        rule.rule_version as version,
        rule.mode,
        sum(counted.evaluated)::bigint as evaluated,
        sum(counted.hits)::bigint as hits,
        sum(counted.capped)::bigint as capped
    from risk.rule_counts as hour
    cross join lateral unnest(hour.rule_ids, hour.evaluated, hour.hits, hour.capped)
        as counted (rule_id, evaluated, hits, capped)
    inner join risk.rules as rule on rule.rule_id = counted.rule_id
    where rule.rule_code = p_rule_code
    group by
        hour.counted_hour,
        rule.rule_version,
        rule.mode;
$$;

comment on function pipeline.list_rule_activity(text) is
    'Payments that each version of a rule was asked about and hit, by UTC hour of scoring. Unordered: the caller pages by hour and version.';
