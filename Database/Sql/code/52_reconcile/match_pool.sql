-- Matches the session's pool: by reference, by amount, then one with several either way, and proposes what is near.
-- What is found by sums leaves others with fewer candidates: so it is gone through again until nothing more is found, and another
-- run has nothing to add.
-- Grain: none. Reads: temp_pool, temp_found_group. Called by: match_payouts, match_bank_lines.
create function pipeline.match_pool() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_before bigint;
begin
    perform pipeline.link_pool();
    perform pipeline.match_references();
    loop
        select count(*)
        into v_before
        from temp_found_group as found
        where found.is_match
            and found.method in ('days', 'run', 'subset');
        perform pipeline.match_amounts();
        perform pipeline.match_runs('days', true);
        perform pipeline.match_runs('days', false);
        perform pipeline.match_runs('run', true);
        perform pipeline.match_runs('run', false);
        perform pipeline.match_runs('subset', true);
        perform pipeline.match_runs('subset', false);
        exit when v_before = (
            select count(*)
            from temp_found_group as found
            where found.is_match
                and found.method in ('days', 'run', 'subset')
        );

        delete from temp_found_group as found
        where not found.is_match
            and found.method <> 'reference';
        update temp_pool as item
        set state = 0
        where item.state = 2;
    end loop;
    perform pipeline.match_near();
    perform pipeline.settle_pool();
end;
$$;

comment on function pipeline.match_pool() is
    'All ways of matching the session''s pool, the surest first.';
