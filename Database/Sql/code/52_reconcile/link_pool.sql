-- Makes links of the names that the session's pool gives, and its index and sample, once it is filled.
-- Grain: none. Reads: temp_pool, temp_pool_name. Called by: match_pool.
create function pipeline.link_pool() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    create unique index pool_id_idx on temp_pool (pool_id);
    analyze temp_pool;
    analyze temp_pool_name;
    insert into temp_pool_link (actual_id, expected_id)
    select distinct
        name.actual_id,
        expected.pool_id
    from temp_pool_name as name
    inner join temp_pool as expected
        on expected.item_key = name.item_key
            and expected.item_kind = name.item_kind
            and not expected.is_actual;
    analyze temp_pool_link;
end;
$$;

comment on function pipeline.link_pool() is 'Links the items of the session''s pool that name each other.';
