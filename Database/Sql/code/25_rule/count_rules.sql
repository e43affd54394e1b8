-- Adds what the rules did in a batch to the hour of scoring, and notes a rule that began to be capped.
-- Grain: none (one row of risk.rule_counts changes). Reads: risk.rules. Called by: RuleCounts, in the batch's transaction.
--
-- A row for each lane: only the batch that has the lane writes it, so that no batch waits for another's commit.
create function pipeline.count_rules(
    p_now timestamptz,
    p_lane smallint,
    p_rule_ids bigint[],
    p_evaluated bigint[],
    p_hits bigint[],
    p_capped bigint[],
    p_newly_capped bigint[]
) returns void
language plpgsql
as $$
begin
    insert into risk.rule_counts as known (
        counted_hour,
        lane,
        rule_ids,
        evaluated,
        hits,
        capped
    )
    values (
        date_trunc('hour', p_now, 'UTC'),
        p_lane,
        p_rule_ids,
        p_evaluated,
        p_hits,
        p_capped
    )
    on conflict on constraint rule_counts_pkey do update
    set (rule_ids, evaluated, hits, capped) = (
        -- Sorted once, for all four.
        select
            array_agg(summed.rule_id),
            array_agg(summed.evaluated),
            array_agg(summed.hits),
            array_agg(summed.capped)
        from (
            select
                counted.rule_id,
                sum(counted.evaluated)::bigint as evaluated,
                sum(counted.hits)::bigint as hits,
                sum(counted.capped)::bigint as capped
            from (
                select *
                from unnest(known.rule_ids, known.evaluated, known.hits, known.capped)
                union all
                select *
                from unnest(excluded.rule_ids, excluded.evaluated, excluded.hits, excluded.capped)
            ) as counted (rule_id, evaluated, hits, capped)
            group by counted.rule_id
            order by counted.rule_id
        ) as summed
    );

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
    timestamptz, smallint, bigint[], bigint[], bigint[], bigint[], bigint[]
) is
    'Adds a batch''s counts of its rules to the hour of its lane, and notes in risk.audit which rules began to be capped (at most once an hour).';
