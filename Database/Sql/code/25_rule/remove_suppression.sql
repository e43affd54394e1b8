-- Lets a rule count again for a party.
-- Grain: one value, true; null where there is no such suppression, or it has been removed.
-- Reads: risk.suppressions. Called by: DELETE /api/suppressions/{id}.
create function pipeline.remove_suppression(
    p_suppression_id bigint,
    p_by text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_suppression risk.suppressions;
begin
    update risk.suppressions as suppression
    set
        removed_at = p_now,
        removed_by = left(p_by, 100)
    where suppression.suppression_id = p_suppression_id
        and suppression.removed_at is null
    returning suppression.* into v_suppression;
    if v_suppression.suppression_id is null then
        return null;
    end if;

    perform pipeline.write_risk_audit(
        'suppression',
        p_suppression_id::text,
        'removed',
        p_by,
        null,
        to_jsonb(v_suppression) - array['removed_at', 'removed_by'],
        to_jsonb(v_suppression),
        p_now
    );
    perform pipeline.announce_risk_change('rules');
    return true;
end;
$$;

comment on function pipeline.remove_suppression(bigint, text, timestamptz) is
    'Ends a suppression, audits and announces it; true, or null where it does not count any more.';
