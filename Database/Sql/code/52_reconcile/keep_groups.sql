-- Keeps what the session's pool has found: matches with their items, proposals, and differences for what has no counterpart.
-- Grain: none. Reads: temp_pool, temp_pool_name, temp_found_group, reconciliation.bank_lines, match_group_items, runs.
-- Called by: match_payouts, match_bank_lines.
create function pipeline.keep_groups(
    p_run_id bigint,
    p_level text,
    p_now timestamptz
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_as_of date;
    v_figures bigint;
begin
    select run.as_of
    into strict v_as_of
    from reconciliation.runs as run
    where run.run_id = p_run_id;

    create temporary table temp_kept_group as
    select
        found.group_id,
        case
            when found.is_match then nextval('reconciliation.matches_match_id_seq')
        end as match_id,
        found.method,
        found.is_match,
        found.score,
        first.processor,
        first.account,
        first.currency,
        first.day,
        total.merchant_id,
        total.expected_amount,
        total.actual_amount,
        total.items,
        found.actual_ids,
        found.expected_ids
    from temp_found_group as found
    inner join temp_pool as first
        on first.pool_id = found.actual_ids[1]
    cross join lateral (
        select
            max(item.merchant_id) as merchant_id,
            coalesce(sum(item.amount) filter (where not item.is_actual), 0) as expected_amount,
            coalesce(sum(item.amount) filter (where item.is_actual), 0) as actual_amount,
            array_agg(item.item_kind || ':' || item.item_key) as items
        from temp_pool as item
        where item.pool_id = any (found.actual_ids || found.expected_ids)
    ) as total;
    analyze temp_kept_group (is_match, method);

    insert into reconciliation.match_groups (
        match_id,
        run_id,
        level,
        method,
        processor,
        account,
        merchant_id,
        currency,
        expected_amount,
        actual_amount,
        made_at
    )
    select
        kept.match_id,
        p_run_id,
        p_level,
        kept.method,
        kept.processor,
        kept.account,
        kept.merchant_id,
        kept.currency,
        kept.expected_amount,
        kept.actual_amount,
        p_now
    from temp_kept_group as kept
    where kept.is_match;

    insert into reconciliation.match_group_items (
        match_id,
        level,
        item_kind,
        item_key,
        is_actual,
        amount,
        currency
    )
    select
        kept.match_id,
        p_level,
        item.item_kind,
        item.item_key,
        item.is_actual,
        item.amount,
        item.currency
    from temp_kept_group as kept
    cross join lateral unnest(kept.actual_ids || kept.expected_ids) as member (pool_id)
    inner join temp_pool as item
        on item.pool_id = member.pool_id
    where kept.is_match;

    -- What is not certain; the same set of items is one proposal, however often it is found.
    with proposed as (
        insert into reconciliation.proposals as known (
            run_id,
            level,
            score,
            method,
            processor,
            account,
            merchant_id,
            currency,
            expected_amount,
            actual_amount,
            fingerprint,
            created_at
        )
        select distinct on (fingerprint)
            p_run_id,
            p_level,
            kept.score,
            kept.method,
            kept.processor,
            kept.account,
            kept.merchant_id,
            kept.currency,
            kept.expected_amount,
            kept.actual_amount,
            pipeline.match_fingerprint(p_level, kept.items) as fingerprint,
            p_now
        from temp_kept_group as kept
        where not kept.is_match
        order by
            fingerprint,
            kept.group_id
        on conflict on constraint proposals_fingerprint_key do update
        set
            run_id = excluded.run_id,
            status = 'open',
            score = excluded.score,
            method = excluded.method,
            expected_amount = excluded.expected_amount,
            actual_amount = excluded.actual_amount,
            decided_at = null
        where known.status = 'superseded'
            or (
                known.status = 'open'
                and (known.expected_amount, known.actual_amount)
                    is distinct from (excluded.expected_amount, excluded.actual_amount)
            )
        returning
            known.proposal_id,
            known.fingerprint,
            known.currency,
            known.expected_amount,
            known.actual_amount
    ),
    itemised as (
        insert into reconciliation.proposal_items (
            proposal_id,
            item_kind,
            item_key,
            is_actual,
            amount,
            currency
        )
        select distinct
            proposed.proposal_id,
            item.item_kind,
            item.item_key,
            item.is_actual,
            item.amount,
            item.currency
        from proposed
        inner join temp_kept_group as kept
            on not kept.is_match
                and pipeline.match_fingerprint(p_level, kept.items) = proposed.fingerprint
        cross join lateral unnest(kept.actual_ids || kept.expected_ids) as member (pool_id)
        inner join temp_pool as item
            on item.pool_id = member.pool_id
        on conflict on constraint proposal_items_pkey do update
        set amount = excluded.amount
    ),
    found as (
        select
            'matched' as outcome,
            kept.method as class,
            kept.currency,
            kept.expected_amount,
            kept.actual_amount
        from temp_kept_group as kept
        where kept.is_match
        union all
        select
            'proposal',
            '',
            proposed.currency,
            proposed.expected_amount,
            proposed.actual_amount
        from proposed
    ),
    figure as (
        select
            found.outcome,
            found.class,
            found.currency,
            count(*) as item_count,
            sum(found.expected_amount) as expected_amount,
            sum(found.actual_amount) as actual_amount
        from found
        group by
            found.outcome,
            found.class,
            found.currency
    )
    select pipeline.add_figures(
        array_agg(
            row(
                p_run_id,
                p_level,
                figure.outcome,
                figure.class,
                figure.currency,
                figure.item_count,
                figure.expected_amount,
                figure.actual_amount
            )::reconciliation.run_figures
        )
    )
    into v_figures
    from figure;

    insert into staging.found_differences
    select
        p_level,
        'presence',
        case
            when item.pool_id in (
                select name.actual_id
                from temp_pool as naming
                inner join temp_pool_name as name
                    on name.actual_id = naming.pool_id
                inner join reconciliation.match_group_items as taken
                    on taken.item_key = name.item_key
                        and taken.item_kind = name.item_kind
                        and taken.level = p_level
                        and taken.is_standing
                        and taken.currency = naming.currency
                        and abs(taken.amount) = abs(naming.amount)
                where naming.state <> 1
            ) then 'duplicate'
            when item.day + item.days >= v_as_of then 'timing'
            else 'missing'
        end,
        item.processor,
        item.account,
        item.merchant_id,
        case when item.is_actual then '' else item.item_kind end,
        case when item.is_actual then '' else item.item_key end,
        case when item.is_actual then item.item_kind else '' end,
        case when item.is_actual then item.item_key else '' end,
        item.currency,
        case when item.is_actual then 0 else item.amount end,
        case when item.is_actual then item.amount else 0 end,
        item.day
    from temp_pool as item
    where item.state <> 1
        and item.opens_differences
        and item.day <= v_as_of
        and item.pool_id not in (
            select member.pool_id
            from temp_kept_group as kept
            cross join lateral unnest(kept.actual_ids || kept.expected_ids) as member (pool_id)
            where not kept.is_match
                and kept.method = 'reference'
        );

    if p_level = 'payout' then
        perform pipeline.compare_payouts();
    else
        insert into staging.found_differences
        select
            p_level,
            'amount',
            case
                when line.currency <> expected.currency then 'fx'
                when kept.actual_amount - kept.expected_amount = line.charges then 'fee'
                when kept.actual_amount - kept.expected_amount = - abs(line.charges) then 'fee'
                else 'unknown'
            end,
            kept.processor,
            kept.account,
            kept.merchant_id,
            expected.item_kind,
            expected.item_key,
            actual.item_kind,
            actual.item_key,
            kept.currency,
            case when line.currency = expected.currency then kept.expected_amount else 0 end,
            kept.actual_amount,
            kept.day
        from temp_kept_group as kept
        inner join temp_pool as actual
            on actual.pool_id = kept.actual_ids[1]
        inner join temp_pool as expected
            on expected.pool_id = kept.expected_ids[1]
        inner join reconciliation.bank_lines as line
            on line.bank_line_id = actual.item_key::bigint
        where not kept.is_match
            and kept.method = 'reference';
    end if;

    -- Right by its reference, and not when it should be.
    insert into staging.found_differences
    select
        p_level,
        'date',
        'timing',
        kept.processor,
        kept.account,
        kept.merchant_id,
        expected.item_kind,
        expected.item_key,
        actual.item_kind,
        actual.item_key,
        kept.currency,
        kept.expected_amount,
        kept.actual_amount,
        kept.day
    from temp_kept_group as kept
    inner join temp_pool as actual
        on actual.pool_id = kept.actual_ids[1]
    inner join temp_pool as expected
        on expected.pool_id = kept.expected_ids[1]
    where kept.is_match
        and kept.method = 'reference'
        and abs(actual.day - expected.day) > actual.days;
    perform pipeline.keep_differences(p_run_id, p_now);
    drop table temp_kept_group, temp_pool, temp_pool_name, temp_pool_link, temp_found_group;
end;
$$;

comment on function pipeline.keep_groups(bigint, text, timestamptz) is
    'Writes the matches, proposals and differences that the session''s pool has found, and drops the pool.';
