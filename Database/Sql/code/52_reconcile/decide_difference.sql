-- Resolves an open difference with a note, or opens one again that was resolved or closed.
-- Grain: one row; none when there is no such difference. Reads: reconciliation.differences.
-- Called by: POST /api/reconciliation/differences/{id}/resolve, POST /api/reconciliation/differences/{id}/reopen.
create function pipeline.decide_difference(
    p_difference_id bigint,
    p_is_resolved boolean,
    p_by text,
    p_note text,
    p_now timestamptz
) returns table (
    outcome text,
    detail text
)
language plpgsql
as $$
declare
    v_before reconciliation.differences;
begin
    select difference.*
    into v_before
    from reconciliation.differences as difference
    where difference.difference_id = p_difference_id
    for update;
    if v_before.difference_id is null then
        return;
    end if;
    if (v_before.status = 'open') <> p_is_resolved then
        return query select 'decided', v_before.status::text;
        return;
    end if;

    update reconciliation.differences as difference
    set
        status = case when p_is_resolved then 'resolved' else 'open' end,
        reason = null,
        closed_at = case when p_is_resolved then p_now end,
        closed_by = case when p_is_resolved then left(p_by, 100) end,
        note = p_note,
        updated_at = p_now
    where difference.difference_id = p_difference_id;
    perform pipeline.write_change(
        'reconciliation_difference',
        p_difference_id::text,
        case when p_is_resolved then 'resolved' else 'reopened' end,
        p_by,
        p_note,
        jsonb_build_object('status', v_before.status, 'note', v_before.note),
        jsonb_build_object('status', case when p_is_resolved then 'resolved' else 'open' end),
        p_now
    );
    return query select 'done', null::text;
end;
$$;

comment on function pipeline.decide_difference(bigint, boolean, text, text, timestamptz) is
    'Resolves or reopens a difference by a person''s word; outcome: done, or decided (detail tells its status).';
