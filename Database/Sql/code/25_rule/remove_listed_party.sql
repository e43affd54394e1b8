-- Takes a party off a list.
-- Grain: one value, true; null where there is no such entry, or it has been removed.
-- Reads: risk.listed_parties. Called by: DELETE /api/lists/{id}.
create function pipeline.remove_listed_party(
    p_entry_id bigint,
    p_by text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_entry risk.listed_parties;
begin
    update risk.listed_parties as entry
    set
        removed_at = p_now,
        removed_by = left(p_by, 100)
    where entry.entry_id = p_entry_id
        and entry.removed_at is null
    returning entry.* into v_entry;
    if v_entry.entry_id is null then
        return null;
    end if;

    perform pipeline.write_risk_audit(
        'list',
        p_entry_id::text,
        'removed',
        p_by,
        null,
        to_jsonb(v_entry) - array['removed_at', 'removed_by'],
        to_jsonb(v_entry),
        p_now
    );
    perform pipeline.announce_risk_change('rules');
    return true;
end;
$$;

comment on function pipeline.remove_listed_party(bigint, text, timestamptz) is
    'Takes a party off its list, audits and announces it; true, or null where the entry does not count any more.';
