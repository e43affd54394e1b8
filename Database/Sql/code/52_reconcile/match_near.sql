-- Proposes, for what still waits, the one of the other side that is nearest in amount, at most 3 % away, within the window.
-- Grain: none. Reads: temp_pool. Called by: match_pool.
create function pipeline.match_near() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    create temporary table temp_waiting as
    select
        item.pool_id,
        item.party,
        item.currency,
        item.amount,
        item.day,
        item.item_key
    from temp_pool as item
    where item.state = 0
        and not item.is_actual
        and item.amount <> 0;
    create index waiting_amount_idx on temp_waiting (party, currency, amount);
    analyze temp_waiting;

    insert into temp_found_group (method, is_match, score, actual_ids, expected_ids)
    select
        'near',
        false,
        pipeline.score_proposal(
            false, near.amount, actual.amount, abs(actual.day - near.day), actual.days
        ),
        array[actual.pool_id],
        array[near.pool_id]
    from temp_pool as actual
    cross join lateral (
        select waiting.*
        from temp_waiting as waiting
        where waiting.party = actual.party
            and waiting.currency = actual.currency
            and waiting.amount >= least(actual.amount * 0.97, actual.amount * 1.03)
            and waiting.amount <= greatest(actual.amount * 0.97, actual.amount * 1.03)
            and waiting.day >= actual.day - actual.days
            and waiting.day <= actual.day + actual.days
        order by
            abs(waiting.amount - actual.amount),
            abs(waiting.day - actual.day),
            waiting.item_key
        limit 1
    ) as near
    where actual.state = 0
        and actual.is_actual
        and actual.amount <> 0;
    drop table temp_waiting;
end;
$$;

comment on function pipeline.match_near() is
    'Proposes the nearest amount for what still waits in the session''s pool.';
