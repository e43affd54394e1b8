-- Marks the items of the groups that were found as matched: they wait no more. A group that a person has rejected is dropped.
-- Grain: none. Reads: temp_found_group, reconciliation.proposals. Called by: match_references, match_amounts, match_runs.
create function pipeline.settle_pool() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if exists (
        select
        from reconciliation.proposals as proposal
        where proposal.status = 'rejected'
    ) then
        delete from temp_found_group as found
        using reconciliation.proposals as proposal
        where not found.is_settled
            and proposal.status = 'rejected'
            and proposal.fingerprint = pipeline.match_fingerprint(
                proposal.level,
                array(
                    select item.item_kind || ':' || item.item_key
                    from temp_pool as item
                    where item.pool_id = any (found.actual_ids || found.expected_ids)
                )
            );
    end if;

    update temp_pool as item
    set state = 1
    from temp_found_group as found
    cross join lateral unnest(found.actual_ids || found.expected_ids) as member (pool_id)
    where found.is_match
        and not found.is_settled
        and item.pool_id = member.pool_id;

    update temp_found_group as found
    set is_settled = true
    where not found.is_settled;
end;
$$;

comment on function pipeline.settle_pool() is
    'Takes the members of found matches out of the session''s pool.';
