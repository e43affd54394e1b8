-- Matches one item with several of the other side whose sum it is: whole days in a row (days), neighbours in the order of day and
-- key (run, at most 60 waiting in the window), or two to four of at most twelve waiting ones (subset). Only where exactly one
-- solution exists and no other item's solution shares a member; all others are tied, and proposed.
-- Grain: none. Reads: temp_pool. Called by: match_pool.
create function pipeline.match_runs(
    p_method text,
    p_of_actual boolean
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if not exists (select from temp_pool as item where item.state = 0 and item.is_actual = p_of_actual)
    then
        return;
    end if;

    create temporary table temp_part as
    select
        item.pool_id,
        item.party,
        item.currency,
        item.day,
        item.amount,
        row_number() over line as place,
        sum(item.amount) over line as total
    from temp_pool as item
    where item.state = 0
        and item.is_actual <> p_of_actual
        and item.amount <> 0
    window line as (
        partition by item.party, item.currency
        order by
            item.day,
            item.item_key
        rows unbounded preceding
    );
    create temporary table temp_solution (
        pool_id bigint not null,
        part_ids bigint[] not null
    );

    if p_method = 'days' then
        create index part_day_idx on temp_part (party, currency, day);
        analyze temp_part;
        insert into temp_solution
        with whole_day as materialized (
            select
                part.party,
                part.currency,
                part.day,
                min(part.place) as first_place,
                max(part.place) as last_place,
                sum(part.amount) as amount,
                sum(sum(part.amount)) over (
                    partition by part.party, part.currency
                    order by part.day
                ) as total
            from temp_part as part
            group by
                part.party,
                part.currency,
                part.day
        ),
        near_day as (
            select
                target.pool_id,
                target.amount as wanted,
                whole_day.*
            from temp_pool as target
            cross join lateral generate_series(- target.days, target.days) as apart (days)
            inner join whole_day
                on whole_day.party = target.party
                    and whole_day.currency = target.currency
                    and whole_day.day = target.day + apart.days
            where target.state = 0
                and target.is_actual = p_of_actual
                and target.amount <> 0
        )
        select
            first.pool_id,
            array(
                select part.pool_id
                from temp_part as part
                where part.party = first.party
                    and part.currency = first.currency
                    and part.day >= first.day
                    and part.day <= last.day
            )
        from near_day as first
        inner join near_day as last
            on last.pool_id = first.pool_id
                and last.total = first.total - first.amount + first.wanted
        where last.day >= first.day
            and last.last_place > first.first_place;
    elsif p_method = 'run' then
        create index part_total_idx on temp_part (party, currency, total);
        create index part_place_idx on temp_part (party, currency, place);
        create index part_day_idx on temp_part (party, currency, day);
        analyze temp_part;
        insert into temp_solution
        with near as (
            select
                target.pool_id,
                target.day,
                target.days,
                target.amount,
                target.party,
                target.currency,
                bounds.first_place,
                bounds.last_place
            from temp_pool as target
            cross join lateral (
                select
                    min(part.place) as first_place,
                    max(part.place) as last_place
                from temp_part as part
                where part.party = target.party
                    and part.currency = target.currency
                    and part.day >= target.day - target.days
                    and part.day <= target.day + target.days
            ) as bounds
            where target.state = 0
                and target.is_actual = p_of_actual
                and target.amount <> 0
                and bounds.last_place - bounds.first_place between 1 and 59
        )
        select
            near.pool_id,
            array(
                select part.pool_id
                from temp_part as part
                where part.party = near.party
                    and part.currency = near.currency
                    and part.place >= first.place
                    and part.place <= last.place
            )
        from near
        inner join temp_part as first
            on first.party = near.party
                and first.currency = near.currency
                and first.place >= near.first_place
                and first.place < near.last_place
        inner join temp_part as last
            on last.party = near.party
                and last.currency = near.currency
                and last.total = first.total - first.amount + near.amount
                and last.place > first.place
                and last.place <= near.last_place;
    else
        create index part_day_idx on temp_part (party, currency, day);
        analyze temp_part;
        insert into temp_solution
        with recursive candidate as materialized (
            select
                target.pool_id,
                target.amount as wanted,
                part.pool_id as part_id,
                part.amount,
                row_number() over (partition by target.pool_id order by part.place) as place,
                count(*) over (partition by target.pool_id) as part_count,
                target.amount > 0
                    and min(part.amount) over (partition by target.pool_id) > 0 as only_grows
            from temp_pool as target
            inner join temp_part as part
                on part.party = target.party
                    and part.currency = target.currency
                    and part.day >= target.day - target.days
                    and part.day <= target.day + target.days
            where target.state = 0
                and target.is_actual = p_of_actual
                and target.amount <> 0
        ),
        grown as (
            select
                candidate.pool_id,
                array[candidate.part_id] as part_ids,
                candidate.place,
                candidate.amount::numeric as total,
                candidate.wanted::numeric
            from candidate
            where candidate.part_count between 2 and 12
            union all
            select
                grown.pool_id,
                grown.part_ids || candidate.part_id,
                candidate.place,
                grown.total + candidate.amount,
                grown.wanted
            from grown
            inner join candidate
                on candidate.pool_id = grown.pool_id
                    and candidate.place > grown.place
            where cardinality(grown.part_ids) < 4
                and (
                    not candidate.only_grows
                    or grown.total + candidate.amount <= grown.wanted
                )
        )
        select
            grown.pool_id,
            grown.part_ids
        from grown
        where grown.total = grown.wanted
            and cardinality(grown.part_ids) >= 2;
    end if;

    insert into temp_found_group (method, is_match, score, actual_ids, expected_ids)
    with counted as (
        select
            solution.*,
            count(*) over (partition by solution.pool_id) as solution_count,
            row_number() over (partition by solution.pool_id order by solution.part_ids) as place
        from temp_solution as solution
    ),
    member as (
        select
            counted.pool_id,
            member.part_id,
            min(counted.pool_id) over (partition by member.part_id)
                <> max(counted.pool_id) over (partition by member.part_id) as is_shared
        from counted
        cross join lateral unnest(counted.part_ids) as member (part_id)
    ),
    judged as (
        select
            counted.*,
            counted.solution_count = 1
            and counted.pool_id not in (
                select member.pool_id
                from member
                where member.is_shared
            ) as is_match
        from counted
    )
    select
        p_method,
        judged.is_match,
        case
            when not judged.is_match then pipeline.score_proposal(
                false,
                target.amount,
                target.amount,
                (
                    select max(abs(part.day - target.day))
                    from temp_part as part
                    where part.pool_id = any (judged.part_ids)
                ),
                target.days
            )
        end,
        case when p_of_actual then array[judged.pool_id] else judged.part_ids end,
        case when p_of_actual then judged.part_ids else array[judged.pool_id] end
    from judged
    inner join temp_pool as target
        on target.pool_id = judged.pool_id
    where judged.is_match
        or judged.place <= 3
    order by
        judged.pool_id,
        judged.place;
    perform pipeline.settle_pool();

    update temp_pool as item
    set state = 2
    where item.state = 0
        and item.pool_id in (
            select solution.pool_id
            from temp_solution as solution
            union all
            select member.part_id
            from temp_solution as solution
            cross join lateral unnest(solution.part_ids) as member (part_id)
        );
    drop table temp_part, temp_solution;
end;
$$;

comment on function pipeline.match_runs(text, boolean) is
    'Finds items that are the sum of several of the other side: days, run or subset; ties become proposals.';
