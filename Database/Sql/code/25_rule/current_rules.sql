-- The rules that count: the highest version of each code.
-- Grain: one rule. Reads: risk.rules. Called by: RuleStore, list_rules.
create function pipeline.current_rules() returns setof risk.rules
language sql
stable
parallel safe
as $$
    select distinct on (rule.rule_code) rule.*
    from risk.rules as rule
    order by
        rule.rule_code,
        rule.rule_version desc;
$$;

comment on function pipeline.current_rules() is
    'The highest version of every rule, those that are off too, by code.';
