-- Closes differences that what came later has explained, turns what did not come in time into missing, and takes back proposals
-- whose items are matched by now.
-- Grain: one value, the differences closed. Reads: reconciliation.differences, match_items, accounts, proposals, runs.
-- Called by: ReconcileStage, make_match, undo_match.
create function pipeline.close_differences(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_closed bigint;
begin
    with explained as (
        select
            difference.difference_id,
            'timing' as reason
        from reconciliation.differences as difference
        inner join reconciliation.match_items as item
            on item.item_key = difference.actual_key
                and item.item_kind = difference.actual_kind
                and item.level = difference.level
                and item.is_standing
        where difference.status = 'open'
            and difference.aspect in ('presence', 'undone')
            and difference.expected_key = ''
        union
        select
            difference.difference_id,
            'timing'
        from reconciliation.differences as difference
        inner join reconciliation.match_items as item
            on item.item_key = difference.expected_key
                and item.item_kind = difference.expected_kind
                and item.level = difference.level
                and item.is_standing
        where difference.status = 'open'
            and difference.aspect in ('presence', 'undone')
            and difference.actual_key = ''
        union
        -- A pair that did not add up, and each has found another partner since; a pair that was matched all the same stays.
        select
            difference.difference_id,
            'superseded'
        from reconciliation.differences as difference
        inner join reconciliation.match_items as actual
            on actual.item_key = difference.actual_key
                and actual.item_kind = difference.actual_kind
                and actual.level = difference.level
                and actual.is_standing
        where difference.status = 'open'
            and difference.aspect not in ('presence', 'undone')
            and difference.expected_key <> ''
            and difference.actual_key <> ''
            and not exists (
                select
                from reconciliation.match_items as expected
                where expected.match_id = actual.match_id
                    and expected.item_key = difference.expected_key
                    and expected.item_kind = difference.expected_kind
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
    ),
    written as (
        insert into reconciliation.run_figures as known (
            run_id,
            level,
            outcome,
            class,
            currency,
            item_count,
            expected_amount,
            actual_amount
        )
        select
            p_run_id,
            figure.level,
            'closed',
            figure.reason,
            figure.currency,
            figure.item_count,
            figure.expected_amount,
            figure.actual_amount
        from figure
        where p_run_id is not null
        on conflict on constraint run_figures_pkey do update
        set
            item_count = known.item_count + excluded.item_count,
            expected_amount = known.expected_amount + excluded.expected_amount,
            actual_amount = known.actual_amount + excluded.actual_amount
    )
    select coalesce(sum(figure.item_count), 0)
    into v_closed
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
            inner join reconciliation.match_items as taken
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
