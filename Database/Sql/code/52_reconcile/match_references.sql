-- Matches what one side names on the other: one, several that one names, or several that name one, where the sums are equal.
-- Of several that each pay the whole the earliest counts. Where sums differ it is a proposal, and nobody is matched otherwise.
-- Grain: none. Reads: temp_pool, temp_pool_name, temp_pool_link. Called by: match_pool.
create function pipeline.match_references() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    create temporary table temp_named as
    select
        link.actual_id,
        link.expected_id,
        actual.amount as actual_amount,
        expected.amount as expected_amount,
        actual.currency = expected.currency as is_same_currency,
        actual.day,
        actual.item_key,
        count(*) over (partition by link.actual_id) as named_count,
        count(*) over (partition by link.expected_id) as naming_count
    from temp_pool_link as link
    inner join temp_pool as actual
        on actual.pool_id = link.actual_id
    inner join temp_pool as expected
        on expected.pool_id = link.expected_id;
    analyze temp_named;

    insert into temp_found_group (method, is_match, actual_ids, expected_ids)
    select
        'reference',
        true,
        array[named.actual_id],
        array_agg(named.expected_id order by named.expected_id)
    from temp_named as named
    group by named.actual_id
    having max(named.naming_count) = 1
        and bool_and(named.is_same_currency)
        and sum(named.expected_amount) = min(named.actual_amount);

    insert into temp_found_group (method, is_match, actual_ids, expected_ids)
    select
        'reference',
        true,
        array_agg(named.actual_id order by named.actual_id),
        array[named.expected_id]
    from temp_named as named
    group by named.expected_id
    having count(*) > 1
        and max(named.named_count) = 1
        and bool_and(named.is_same_currency)
        and sum(named.actual_amount) = min(named.expected_amount);
    perform pipeline.settle_pool();

    insert into temp_found_group (method, is_match, actual_ids, expected_ids)
    select distinct on (named.expected_id)
        'reference',
        true,
        array[named.actual_id],
        array[named.expected_id]
    from temp_named as named
    inner join temp_pool as actual
        on actual.pool_id = named.actual_id
    inner join temp_pool as expected
        on expected.pool_id = named.expected_id
    where actual.state = 0
        and expected.state = 0
        and named.named_count = 1
        and named.naming_count > 1
        and named.is_same_currency
        and named.actual_amount = named.expected_amount
    order by
        named.expected_id,
        named.day,
        named.item_key;
    perform pipeline.settle_pool();

    insert into temp_found_group (method, is_match, score, actual_ids, expected_ids)
    select
        'reference',
        false,
        pipeline.score_proposal(
            true,
            sum(named.expected_amount),
            case when bool_and(named.is_same_currency) then min(named.actual_amount) else 0 end,
            min(abs(named.day - expected.day)),
            min(expected.days)
        ),
        array[named.actual_id],
        array_agg(named.expected_id order by named.expected_id)
    from temp_named as named
    inner join temp_pool as actual
        on actual.pool_id = named.actual_id
    inner join temp_pool as expected
        on expected.pool_id = named.expected_id
    where actual.state = 0
    group by named.actual_id
    having bool_and(expected.state = 0 and named.naming_count = 1);

    insert into temp_found_group (method, is_match, score, actual_ids, expected_ids)
    select
        'reference',
        false,
        pipeline.score_proposal(
            true,
            min(named.expected_amount),
            case when bool_and(named.is_same_currency) then sum(named.actual_amount) else 0 end,
            min(abs(named.day - expected.day)),
            min(expected.days)
        ),
        array_agg(named.actual_id order by named.actual_id),
        array[named.expected_id]
    from temp_named as named
    inner join temp_pool as actual
        on actual.pool_id = named.actual_id
    inner join temp_pool as expected
        on expected.pool_id = named.expected_id
    where expected.state = 0
    group by named.expected_id
    having count(*) > 1
        and bool_and(actual.state = 0 and named.named_count = 1);

    -- What is named belongs to whoever names it, also when that is matched already: no other amount may take either.
    update temp_pool as item
    set state = 3
    where item.state = 0
        and item.pool_id in (
            select name.actual_id
            from temp_pool_name as name
            union all
            select named.expected_id
            from temp_named as named
        );
    drop table temp_named;
end;
$$;

comment on function pipeline.match_references() is
    'Finds groups by reference in the session''s pool; what is named and does not add up becomes a proposal.';
