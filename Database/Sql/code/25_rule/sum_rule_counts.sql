-- What each version of a rule did since an hour.
-- Grain: one version of a rule. Reads: risk.rule_counts. Called by: RuleCounts, list_rules, list_rule_versions.
create function pipeline.sum_rule_counts(
    p_since timestamptz
) returns table (
    rule_id bigint,
    evaluated bigint,
    hits bigint,
    capped bigint
)
language sql
stable
parallel safe
as $$
    select
        counted.rule_id,
        sum(counted.evaluated)::bigint as evaluated,
        sum(counted.hits)::bigint as hits,
        sum(counted.capped)::bigint as capped
    from risk.rule_counts as hour
    cross join lateral unnest(hour.rule_ids, hour.evaluated, hour.hits, hour.capped)
        as counted (rule_id, evaluated, hits, capped)
    where hour.counted_hour >= p_since
    group by counted.rule_id;
$$;

comment on function pipeline.sum_rule_counts(timestamptz) is
    'Payments that each version of a rule was asked about and hit, and hits that did not count, since an hour. Unordered.';
