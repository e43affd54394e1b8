-- Takes a new sample of the matches after a step that wrote many: the next one looks items up among them.
-- With the owner's rights, since only an owner may, and the worker owns nothing.
-- Grain: none. Reads: reconciliation.matches, match_items. Called by: ReconcileStage.
create function pipeline.analyze_matches() returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    analyze reconciliation.matches, reconciliation.match_items;
end;
$$;

comment on function pipeline.analyze_matches() is
    'New planner statistics for matches and their items.';
revoke all on function pipeline.analyze_matches() from public;
