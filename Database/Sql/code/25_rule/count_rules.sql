-- Adds what the rules did in a batch to the hour of scoring, and notes a rule that began to be capped.
-- Grain: none (one row of risk.rule_counts). Reads: risk.rules. Called by: RuleCounts, in the batch's transaction.
--
-- A row for each batch, so that none waits for another's commit; fold_rule_counts makes one an hour of them.
create function pipeline.count_rules(
    p_now timestamptz,
    p_rule_ids bigint[],
    p_evaluated bigint[],
    p_hits bigint[],
    p_capped bigint[],
    p_newly_capped bigint[]
) returns void
language plpgsql
as $$
begin
    insert into risk.rule_counts (counted_hour, rule_ids, evaluated, hits, capped)
    values (date_trunc('hour', p_now, 'UTC'), p_rule_ids, p_evaluated, p_hits, p_capped);

    if cardinality(p_newly_capped) > 0 then
        insert into risk.audit (subject, subject_key, action, actor, note, after, acted_at)
        select
            'rule',
            rule.rule_code,
            'capped',
            'system',
            'It hit more than its share of the payments of 24 hours, and does not count until that falls.',
            jsonb_build_object('version', rule.rule_version, 'max_share', rule.max_share),
            p_now
        from risk.rules as rule
        where rule.rule_id = any (p_newly_capped)
            and not exists (
                select
                from risk.audit as noted
                where noted.subject = 'rule'
                    and noted.subject_key = rule.rule_code
                    and noted.action = 'capped'
                    and noted.acted_at > p_now - interval '1 hour'
            );
    end if;
end;
$$;

comment on function pipeline.count_rules(
    timestamptz, bigint[], bigint[], bigint[], bigint[], bigint[]
) is
    'Adds a batch''s counts of its rules to the hour, and notes in risk.audit which rules began to be capped (at most once an hour).';
