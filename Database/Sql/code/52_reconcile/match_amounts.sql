-- Matches one with one of the same party, currency and amount, the nearest days first: where exactly one of each side is that
-- near. Where several are equally near they are tied, and up to three pairings of each are proposed.
-- Grain: none. Reads: temp_pool. Called by: match_pool.
--
-- Days with many equal amounts are counted, not paired: the cost follows the items, however alike they are.
create function pipeline.match_amounts() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_days int;
begin
    select coalesce(max(item.days), 0)
    into v_days
    from temp_pool as item
    where item.state = 0;

    for v_distance in 0..v_days loop
            create temporary table temp_near as
        with bundle as (
            select
                item.is_actual,
                item.party,
                item.currency,
                item.amount,
                item.day,
                count(*) as item_count,
                min(item.pool_id) as pool_id
            from temp_pool as item
            where item.state = 0
                and item.days >= v_distance
            group by
                item.is_actual,
                item.party,
                item.currency,
                item.amount,
                item.day
        ),
        paired as (
            select
                actual.party,
                actual.currency,
                actual.amount,
                actual.day as actual_day,
                expected.day as expected_day,
                actual.item_count as actual_count,
                expected.item_count as expected_count,
                actual.pool_id as actual_id,
                expected.pool_id as expected_id
            from bundle as actual
            cross join (values (v_distance), (- v_distance)) as apart (days)
            inner join bundle as expected
                on expected.party = actual.party
                    and expected.currency = actual.currency
                    and expected.amount = actual.amount
                    and expected.day = actual.day + apart.days
            where actual.is_actual
                and not expected.is_actual
                and (v_distance > 0 or apart.days = 0)
        )
        select distinct
            paired.*,
            sum(paired.expected_count) over (
                partition by paired.party, paired.currency, paired.amount, paired.actual_day
            ) = 1
            and sum(paired.actual_count) over (
                partition by paired.party, paired.currency, paired.amount, paired.expected_day
            ) = 1 as is_single
        from (select distinct * from paired) as paired;
        if not exists (select from temp_near as near) then
            drop table temp_near;
            continue;
        end if;
        analyze temp_near;

        insert into temp_found_group (method, is_match, actual_ids, expected_ids)
        select
            'amount',
            true,
            array[near.actual_id],
            array[near.expected_id]
        from temp_near as near
        where near.is_single;
        perform pipeline.settle_pool();

        insert into temp_found_group (method, is_match, score, actual_ids, expected_ids)
        with actual as (
            select
                item.pool_id,
                item.party,
                item.currency,
                item.amount,
                item.day,
                row_number() over (
                    partition by item.party, item.currency, item.amount, item.day
                    order by item.item_key
                ) as place
            from temp_pool as item
            where item.is_actual
                and item.state = 0
                and item.days >= v_distance
        ),
        expected as (
            select
                item.pool_id,
                item.party,
                item.currency,
                item.amount,
                item.day,
                item.days,
                row_number() over (
                    partition by item.party, item.currency, item.amount, item.day
                    order by item.item_key
                ) as place
            from temp_pool as item
            where not item.is_actual
                and item.state = 0
                and item.days >= v_distance
        ),
        tied as (
            select
                actual.pool_id as actual_id,
                expected.pool_id as expected_id,
                expected.amount,
                expected.days,
                row_number() over (
                    partition by actual.pool_id
                    order by
                        abs(expected.place - actual.place),
                        expected.day,
                        expected.place
                ) as place
            from temp_near as near
            inner join actual
                on actual.party = near.party
                    and actual.currency = near.currency
                    and actual.amount = near.amount
                    and actual.day = near.actual_day
            cross join (values (-1), (0), (1)) as beside (places)
            inner join expected
                on expected.party = near.party
                    and expected.currency = near.currency
                    and expected.amount = near.amount
                    and expected.day = near.expected_day
                    and expected.place
                        = least(actual.place, near.expected_count) + beside.places
            where not near.is_single
        )
        select
            'amount',
            false,
            pipeline.score_proposal(false, tied.amount, tied.amount, v_distance, tied.days),
            array[tied.actual_id],
            array[tied.expected_id]
        from tied
        where tied.place <= 3
        order by
            tied.actual_id,
            tied.place;

        update temp_pool as item
        set state = 2
        from temp_near as near
        where not near.is_single
            and item.state = 0
            and item.days >= v_distance
            and item.party = near.party
            and item.currency = near.currency
            and item.amount = near.amount
            and item.day = case when item.is_actual then near.actual_day else near.expected_day end;
        drop table temp_near;
    end loop;
end;
$$;

comment on function pipeline.match_amounts() is
    'Finds pairs of equal amounts in the session''s pool, nearest first; ties become proposals.';
