-- Closes differences that what came later has explained, turns what did not come in time into missing, and takes back proposals
-- whose items are matched by now.
-- Grain: one value, the differences closed. Reads: reconciliation.differences, line_matches,
-- match_group_items, accounts, settlements, proposals, proposal_items.
-- Called by: ReconcileStage, make_match, undo_match.
create function pipeline.close_differences(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_closed bigint;
    v_figures bigint;
begin
    with open as materialized (
        select
            difference.difference_id,
            difference.level,
            difference.aspect,
            difference.aspect in ('presence', 'undone') as is_alone,
            difference.expected_kind,
            difference.expected_key,
            difference.actual_kind,
            difference.actual_key,
            case
                when difference.level = 'payment' and difference.actual_kind = 'line'
                    then difference.actual_key::bigint
            end as line_id
        from reconciliation.differences as difference
        where difference.status = 'open'
    ),
    -- What either side is matched with by now.
    actual as (
        select
            open.difference_id,
            match.match_id,
            match.item_kind as partner_kind,
            match.item_key as partner_key
        from open
        inner join reconciliation.line_matches as match
            on match.line_id = open.line_id
        union all
        select
            open.difference_id,
            item.match_id,
            null,
            null
        from open
        inner join reconciliation.match_group_items as item
            on item.item_key = open.actual_key
                and item.item_kind = open.actual_kind
                and item.level = open.level
                and item.is_standing
        where open.actual_key <> ''
    ),
    explained as (
        select
            open.difference_id,
            'timing' as reason
        from open
        inner join actual
            on actual.difference_id = open.difference_id
        where open.is_alone
            and open.expected_key = ''
        union
        select
            open.difference_id,
            'timing'
        from open
        inner join reconciliation.line_matches as match
            on match.item_key = open.expected_key
                and match.item_kind = open.expected_kind
        where open.is_alone
            and open.actual_key = ''
            and open.level = 'payment'
        union
        select
            open.difference_id,
            'timing'
        from open
        inner join reconciliation.match_group_items as item
            on item.item_key = open.expected_key
                and item.item_kind = open.expected_kind
                and item.level = open.level
                and item.is_standing
        where open.is_alone
            and open.actual_key = ''
        union
        -- Due at the bank, and paid some other way.
        select
            open.difference_id,
            'superseded'
        from open
        inner join public.settlements as settlement
            on settlement.settlement_id = open.expected_key
        where open.aspect = 'presence'
            and open.level = 'bank'
            and open.expected_kind = 'settlement'
            and open.actual_key = ''
            and settlement.settlement_date is not null
        union
        -- A pair that did not add up, and each has found another partner since; a pair that was matched all the same stays.
        select
            open.difference_id,
            'superseded'
        from open
        inner join actual
            on actual.difference_id = open.difference_id
        where not open.is_alone
            and open.expected_key <> ''
            and (actual.partner_kind, actual.partner_key)
                is distinct from (open.expected_kind, open.expected_key)
            and not exists (
                select
                from reconciliation.match_group_items as expected
                where expected.match_id = actual.match_id
                    and expected.item_key = open.expected_key
                    and expected.item_kind = open.expected_kind
            )
        union
        -- Known to be there alone, and by now known to differ from its partner.
        select
            alone.difference_id,
            'superseded'
        from reconciliation.differences as alone
        inner join reconciliation.differences as pair
            on pair.status = 'open'
                and pair.level = alone.level
                and pair.level <> 'payment'
                and pair.aspect <> 'date'
                and pair.expected_key <> ''
                and pair.actual_key <> ''
                and (
                    (pair.actual_key = alone.actual_key and pair.actual_kind = alone.actual_kind)
                    or (
                        pair.expected_key = alone.expected_key
                        and pair.expected_kind = alone.expected_kind
                    )
                )
        where alone.status = 'open'
            and alone.aspect = 'presence'
    ),
    closed as (
        update reconciliation.differences as difference
        set
            status = 'closed',
            reason = explained.reason,
            closed_at = p_now,
            updated_at = p_now
        from (
            select
                explained.difference_id,
                min(explained.reason) as reason
            from explained
            group by explained.difference_id
        ) as explained
        where difference.difference_id = explained.difference_id
        returning
            difference.level,
            difference.reason,
            difference.currency,
            difference.expected_amount,
            difference.actual_amount
    ),
    figure as (
        select
            closed.level,
            closed.reason,
            closed.currency,
            count(*) as item_count,
            sum(closed.expected_amount) as expected_amount,
            sum(closed.actual_amount) as actual_amount
        from closed
        group by
            closed.level,
            closed.reason,
            closed.currency
    )
    select
        coalesce(sum(figure.item_count), 0),
        pipeline.add_figures(
            array_agg(
                row(
                    p_run_id,
                    figure.level,
                    'closed',
                    figure.reason,
                    figure.currency,
                    figure.item_count,
                    figure.expected_amount,
                    figure.actual_amount
                )::reconciliation.run_figures
            )
        )
    into
        v_closed,
        v_figures
    from figure;

    update reconciliation.differences as difference
    set
        class = 'missing',
        updated_at = p_now
    from reconciliation.accounts as account
    where difference.status = 'open'
        and difference.class = 'timing'
        and difference.aspect = 'presence'
        and account.processor = difference.processor
        and account.account = difference.account
        and difference.item_day + case
            when difference.level = 'payment' then account.payment_days
            else account.payout_days
        end < (p_now at time zone 'UTC')::date;

    update reconciliation.proposals as proposal
    set
        status = 'superseded',
        decided_at = p_now
    where proposal.status = 'open'
        and exists (
            select
            from reconciliation.proposal_items as item
            inner join reconciliation.match_group_items as taken
                on taken.item_key = item.item_key
                    and taken.item_kind = item.item_kind
                    and taken.level = proposal.level
                    and taken.is_standing
            where item.proposal_id = proposal.proposal_id
        );
    return v_closed;
end;
$$;

comment on function pipeline.close_differences(bigint, timestamptz) is
    'Closes what is explained by now and supersedes proposals that have become idle; returns the differences closed.';
