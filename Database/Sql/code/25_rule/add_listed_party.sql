-- Puts a customer, a merchant or a country on the allow or the block list.
-- Grain: one value, the entry's id; null where it is on that list already.
-- Reads: risk.listed_parties. Called by: POST /api/lists.
create function pipeline.add_listed_party(
    p_list text,
    p_party_kind text,
    p_party text,
    p_reason text,
    p_expires_at timestamptz,
    p_author text,
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_entry risk.listed_parties;
begin
    -- An expired entry makes room.
    update risk.listed_parties as ended
    set
        removed_at = p_now,
        removed_by = left(p_author, 100)
    where ended.list = p_list
        and ended.party_kind = p_party_kind
        and ended.party = p_party
        and ended.removed_at is null
        and ended.expires_at <= p_now;

    insert into risk.listed_parties (
        list,
        party_kind,
        party,
        reason,
        author,
        created_at,
        expires_at
    )
    values (
        p_list,
        p_party_kind,
        p_party,
        p_reason,
        left(p_author, 100),
        p_now,
        p_expires_at
    )
    on conflict do nothing
    returning * into v_entry;
    if v_entry.entry_id is null then
        return null;
    end if;

    perform pipeline.write_risk_audit(
        'list', v_entry.entry_id::text, 'created', p_author, p_reason, null, to_jsonb(v_entry), p_now
    );
    perform pipeline.announce_risk_change('rules');
    return v_entry.entry_id;
end;
$$;

comment on function pipeline.add_listed_party(
    text, text, text, text, timestamptz, text, timestamptz
) is
    'Puts a party on a list, audits and announces it, and returns the entry''s id; null, and nothing done, where it is on the list.';
