-- Takes a match back: its items wait again, but are not matched with each other any more unless a person says so. A settlement
-- that was completed by it stays completed, and a difference opens.
-- Grain: one row; none when there is no such match. Reads: widen_match, reconciliation.match_groups, match_group_items, settlements.
-- Called by: POST /api/reconciliation/matches/{id}/undo.
create function pipeline.undo_match(
    p_match_id bigint,
    p_by text,
    p_note text,
    p_now timestamptz
) returns table (
    outcome text,
    detail text,
    match_id bigint
)
language plpgsql
as $$
declare
    v_match reconciliation.match_groups;
    v_items text[];
    v_fingerprint uuid;
    v_proposal_id bigint;
begin
    perform pipeline.lock_reconciliation();
    perform pipeline.widen_match(p_match_id);
    select match.*
    into v_match
    from reconciliation.match_groups as match
    where match.match_id = p_match_id
    for update;
    if v_match.match_id is null then
        return;
    end if;
    if not v_match.is_standing then
        return query select 'decided', 'undone', p_match_id;
        return;
    end if;

    update reconciliation.match_groups as match
    set
        is_standing = false,
        undone_at = p_now,
        undone_by = left(p_by, 100),
        undone_note = p_note
    where match.match_id = p_match_id;
    update reconciliation.match_group_items as item
    set is_standing = false
    where item.match_id = p_match_id;

    -- Its lines wait again.
    insert into reconciliation.waiting_lines (line_id)
    select item.item_key::bigint
    from reconciliation.match_group_items as item
    where item.match_id = p_match_id
        and item.item_kind = 'line'
    on conflict on constraint waiting_lines_pkey do nothing;

    select array_agg(item.item_kind || ':' || item.item_key)
    into v_items
    from reconciliation.match_group_items as item
    where item.match_id = p_match_id;
    v_fingerprint := pipeline.match_fingerprint(v_match.level, v_items);
    insert into reconciliation.proposals as known (
        level,
        status,
        score,
        method,
        processor,
        account,
        merchant_id,
        currency,
        expected_amount,
        actual_amount,
        fingerprint,
        created_at,
        decided_at,
        decided_by,
        note,
        match_id
    )
    values (
        v_match.level,
        'rejected',
        0,
        'undone',
        v_match.processor,
        v_match.account,
        v_match.merchant_id,
        v_match.currency,
        v_match.expected_amount,
        v_match.actual_amount,
        v_fingerprint,
        p_now,
        p_now,
        left(p_by, 100),
        p_note,
        p_match_id
    )
    on conflict on constraint proposals_fingerprint_key do update
    set
        status = 'rejected',
        decided_at = excluded.decided_at,
        decided_by = excluded.decided_by,
        note = excluded.note,
        match_id = excluded.match_id
    returning known.proposal_id into v_proposal_id;
    insert into reconciliation.proposal_items (
        proposal_id,
        item_kind,
        item_key,
        is_actual,
        amount,
        currency
    )
    select
        v_proposal_id,
        item.item_kind,
        item.item_key,
        item.is_actual,
        item.amount,
        item.currency
    from reconciliation.match_group_items as item
    where item.match_id = p_match_id
    on conflict on constraint proposal_items_pkey do nothing;

    update reconciliation.differences as difference
    set
        status = 'closed',
        reason = 'superseded',
        closed_at = p_now,
        updated_at = p_now
    where difference.status = 'open'
        and difference.level = v_match.level
        and difference.actual_kind || ':' || difference.actual_key = any (v_items)
        and difference.expected_kind || ':' || difference.expected_key = any (v_items);

    insert into staging.found_differences
    select
        v_match.level,
        'undone',
        'unknown',
        v_match.processor,
        v_match.account,
        v_match.merchant_id,
        item.item_kind,
        item.item_key,
        '',
        '',
        item.currency,
        item.amount,
        0,
        (p_now at time zone 'UTC')::date
    from reconciliation.match_group_items as item
    where item.match_id = p_match_id
        and not item.is_actual
        and exists (
            select
            from public.settlements as settlement
            where settlement.settlement_date is not null
                and settlement.settlement_id in (
                    select item.item_key
                    where item.item_kind = 'settlement'
                    union all
                    select settled.item_key
                    from reconciliation.match_group_items as paid
                    inner join reconciliation.match_group_items as settled
                        on settled.match_id = paid.match_id
                            and settled.item_kind = 'settlement'
                    where paid.item_key = item.item_key
                        and paid.item_kind = 'payout'
                        and paid.level = 'payout'
                        and paid.is_standing
                        and item.item_kind = 'payout'
                )
        );
    perform pipeline.keep_differences(null, p_now);
    perform pipeline.write_change(
        'reconciliation_match',
        p_match_id::text,
        'unmatched',
        p_by,
        p_note,
        jsonb_build_object('level', v_match.level, 'items', v_items, 'method', v_match.method),
        null,
        p_now
    );
    return query select 'done', null::text, p_match_id;
end;
$$;

comment on function pipeline.undo_match(bigint, text, text, timestamptz) is
    'Takes a standing match back; outcome: done, or decided when it was undone already.';
