-- Makes one row of an hour's counts of rules, which every batch adds to.
-- Grain: one value, the rows that were folded. Reads: risk.rule_counts. Called by: LaneSweep, every few seconds; sweep_history.
create function pipeline.fold_rule_counts() returns bigint
language plpgsql
as $$
declare
    v_folded bigint;
begin
    -- Two that fold the same rows would only wait for each other.
    if not pg_try_advisory_xact_lock(pipeline.lock_key('rule_counts')) then
        return 0;
    end if;

    with folded as (
        delete from risk.rule_counts as batch
        using (
            select counted.counted_hour
            from risk.rule_counts as counted
            group by counted.counted_hour
            having count(*) > 1
        ) as busy
        where batch.counted_hour = busy.counted_hour
        returning batch.*
    ),
    summed as (
        select
            folded.counted_hour,
            counted.rule_id,
            sum(counted.evaluated)::bigint as evaluated,
            sum(counted.hits)::bigint as hits,
            sum(counted.capped)::bigint as capped
        from folded
        cross join lateral unnest(folded.rule_ids, folded.evaluated, folded.hits, folded.capped)
            as counted (rule_id, evaluated, hits, capped)
        group by
            folded.counted_hour,
            counted.rule_id
    ),
    kept as (
        insert into risk.rule_counts (counted_hour, rule_ids, evaluated, hits, capped)
        select
            summed.counted_hour,
            array_agg(summed.rule_id order by summed.rule_id),
            array_agg(summed.evaluated order by summed.rule_id),
            array_agg(summed.hits order by summed.rule_id),
            array_agg(summed.capped order by summed.rule_id)
        from summed
        group by summed.counted_hour
    )
    select count(*)
    into v_folded
    from folded;
    return v_folded;
end;
$$;

comment on function pipeline.fold_rule_counts() is
    'Folds what batches counted of their rules into one row an hour; returns how many rows there were.';
