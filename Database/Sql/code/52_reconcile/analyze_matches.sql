-- Takes a new sample of the matches after a step that wrote many, one in ten or more: the next one looks items up among them.
-- With the owner's rights, since only an owner may, and the worker owns nothing.
-- Grain: none. Reads: reconciliation.run_figures, line_matches, match_groups, match_group_items,
-- differences. Called by: ReconcileStage.
create function pipeline.analyze_matches(
    p_run_id bigint,
    p_level text
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written numeric;
    v_known numeric;
begin
    select coalesce(sum(figure.item_count), 0)
    into v_written
    from reconciliation.run_figures as figure
    where figure.run_id = p_run_id
        and figure.outcome = 'matched'
        and (figure.level = 'payment') = (p_level = 'payment');
    select greatest(class.reltuples, 0)::numeric
    into v_known
    from pg_class as class
    where class.oid = case
        when p_level = 'payment' then 'reconciliation.line_matches'::regclass
        else 'reconciliation.match_groups'::regclass
    end;
    if v_written * 10 <= v_known then
        return;
    end if;
    if p_level = 'payment' then
        analyze reconciliation.line_matches;
    else
        analyze
            reconciliation.match_groups,
            reconciliation.match_group_items,
            reconciliation.differences;
    end if;
end;
$$;

comment on function pipeline.analyze_matches(bigint, text) is
    'New planner statistics for matches and their items, where the run has written enough of the level.';
revoke all on function pipeline.analyze_matches(bigint, text) from public;
