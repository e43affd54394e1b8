-- What a dry run has written so far and will take back: at most 1,000 of a level, outcome and class.
-- Grain: one match, difference or proposal. Reads: reconciliation.runs, line_matches, match_groups, match_group_items, differences,
-- proposals, proposal_items. Called by: ReconcileStage, within the dry run's transaction, which holds lock_reconciliation.
create function pipeline.list_dry_findings(
    p_run_id bigint,
    p_after_match bigint
) returns setof reconciliation.dry_findings
language sql
stable
parallel safe
as $$
    with line_match as (
        select match.*
        from reconciliation.line_matches as match
        where match.match_id > p_after_match
            and match.run_id = p_run_id
        order by match.match_id
        limit 1000
    ),
    found as (
        select
            'payment' as level,
            'matched' as outcome,
            'reference' as class,
            match.match_id as id,
            match.processor,
            match.account,
            match.merchant_id,
            match.currency,
            match.expected_amount,
            match.actual_amount,
            array[match.item_kind || ':' || match.item_key] as expected_items,
            array['line:' || match.line_id] as actual_items
        from line_match as match
        union all
        select
            match.level,
            'matched',
            match.method,
            match.match_id,
            match.processor,
            match.account,
            match.merchant_id,
            match.currency,
            match.expected_amount,
            match.actual_amount,
            null,
            null
        from reconciliation.match_groups as match
        where match.match_id > p_after_match
            and match.run_id = p_run_id
        union all
        select
            difference.level,
            case when difference.status = 'closed' then 'closed' else 'difference' end,
            coalesce(difference.reason, difference.class),
            difference.difference_id,
            difference.processor,
            difference.account,
            difference.merchant_id,
            difference.currency,
            difference.expected_amount,
            difference.actual_amount,
            array_remove(
                array[
                    nullif(difference.expected_kind || ':' || difference.expected_key, ':')
                ],
                null
            ),
            array_remove(
                array[
                    nullif(difference.actual_kind || ':' || difference.actual_key, ':')
                ],
                null
            )
        from reconciliation.differences as difference
        where (difference.run_id = p_run_id and difference.status = 'open')
            or (
                difference.status = 'closed'
                and difference.closed_at >= (
                    select run.started_at
                    from reconciliation.runs as run
                    where run.run_id = p_run_id
                )
            )
        union all
        select
            proposal.level,
            'proposal',
            '',
            proposal.proposal_id,
            proposal.processor,
            proposal.account,
            proposal.merchant_id,
            proposal.currency,
            proposal.expected_amount,
            proposal.actual_amount,
            null,
            null
        from reconciliation.proposals as proposal
        where proposal.run_id = p_run_id
            and proposal.status = 'open'
    ),
    placed as (
        select
            found.*,
            row_number() over (
                partition by found.level, found.outcome, found.class
                order by found.id
            ) as place
        from found
    )
    select
        p_run_id,
        (
            row_number() over (
                order by
                    placed.level,
                    placed.outcome,
                    placed.class,
                    placed.id
            )
        )::int,
        placed.level::varchar(10),
        placed.outcome::varchar(20),
        placed.class::varchar(20),
        placed.processor,
        placed.account,
        placed.merchant_id,
        placed.currency,
        placed.expected_amount,
        placed.actual_amount,
        coalesce(placed.expected_items, item.expected_items),
        coalesce(placed.actual_items, item.actual_items)
    from placed
    cross join lateral (
        select
            coalesce(
                array_agg(side.item order by side.item) filter (where not side.is_actual), '{}'
            ) as expected_items,
            coalesce(
                array_agg(side.item order by side.item) filter (where side.is_actual), '{}'
            ) as actual_items
        from (
            select
                item.item_kind || ':' || item.item_key as item,
                item.is_actual
            from reconciliation.match_group_items as item
            where item.match_id = placed.id
                and placed.outcome = 'matched'
                and placed.expected_items is null
            union all
            select
                item.item_kind || ':' || item.item_key,
                item.is_actual
            from reconciliation.proposal_items as item
            where item.proposal_id = placed.id
                and placed.outcome = 'proposal'
        ) as side
    ) as item
    where placed.place <= 1000;
$$;

comment on function pipeline.list_dry_findings(bigint, bigint) is
    'A dry run''s matches (with ids above the one given), differences opened or closed, and proposals. Unordered.';
