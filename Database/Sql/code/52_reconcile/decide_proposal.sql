-- Accepts a proposal, which makes it a match, or rejects it, so that it is neither proposed nor matched again.
-- Grain: one row; none when there is no such proposal. Reads: reconciliation.proposals, proposal_items.
-- Called by: POST /api/reconciliation/proposals/{id}/accept, POST /api/reconciliation/proposals/{id}/reject.
create function pipeline.decide_proposal(
    p_proposal_id bigint,
    p_is_accepted boolean,
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
    v_proposal reconciliation.proposals;
    v_items text[];
begin
    perform pipeline.lock_reconciliation();
    select proposal.*
    into v_proposal
    from reconciliation.proposals as proposal
    where proposal.proposal_id = p_proposal_id
    for update;
    if v_proposal.proposal_id is null then
        return;
    end if;
    if v_proposal.status <> 'open' then
        return query select 'decided', v_proposal.status::text, null::bigint;
        return;
    end if;

    select array_agg(item.item_kind || ':' || item.item_key)
    into v_items
    from reconciliation.proposal_items as item
    where item.proposal_id = p_proposal_id;
    if p_is_accepted then
        return query
        select made.*
        from pipeline.make_match(
            v_proposal.level, v_items, p_proposal_id, p_by, p_note, p_now
        ) as made;
        return;
    end if;

    update reconciliation.proposals as proposal
    set
        status = 'rejected',
        decided_at = p_now,
        decided_by = left(p_by, 100),
        note = p_note
    where proposal.proposal_id = p_proposal_id;
    -- The two do not differ any more: each lacks its partner, as the next run will tell.
    update reconciliation.differences as difference
    set
        status = 'closed',
        reason = 'superseded',
        closed_at = p_now,
        updated_at = p_now
    where difference.status = 'open'
        and difference.actual_kind || ':' || difference.actual_key = any (v_items)
        and difference.expected_kind || ':' || difference.expected_key = any (v_items);
    perform pipeline.write_change(
        'reconciliation_proposal',
        p_proposal_id::text,
        'rejected',
        p_by,
        p_note,
        null,
        jsonb_build_object('level', v_proposal.level, 'items', v_items),
        p_now
    );
    return query select 'done', null::text, null::bigint;
end;
$$;

comment on function pipeline.decide_proposal(bigint, boolean, text, text, timestamptz) is
    'Accepts or rejects an open proposal; outcome: done, decided (already; detail tells how), or what make_match says.';
