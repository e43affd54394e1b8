-- Entries of the allow and block lists.
-- Grain: one entry. Reads: risk.listed_parties. Called by: GET /api/lists, GET /api/lists/{id}.
create function pipeline.list_listed_parties(
    p_list text,
    p_party_kind text,
    p_party text,
    p_active boolean,
    p_now timestamptz
) returns table (
    entry_id bigint,
    list varchar,
    party_kind varchar,
    party varchar,
    reason varchar,
    author varchar,
    created_at timestamptz,
    expires_at timestamptz,
    removed_at timestamptz,
    removed_by varchar,
    is_active boolean
)
language sql
stable
parallel safe
as $$
    select
        entry.entry_id,
        entry.list,
        entry.party_kind,
        entry.party,
        entry.reason,
        entry.author,
        entry.created_at,
        entry.expires_at,
        entry.removed_at,
        entry.removed_by,
        entry.removed_at is null
            and coalesce(entry.expires_at > p_now, true) as is_active
    from risk.listed_parties as entry
    where (p_list is null or entry.list = p_list)
        and (p_party_kind is null or entry.party_kind = p_party_kind)
        and (p_party is null or entry.party = p_party)
        and (
            p_active is null
            or p_active = (entry.removed_at is null and coalesce(entry.expires_at > p_now, true))
        );
$$;

comment on function pipeline.list_listed_parties(text, text, text, boolean, timestamptz) is
    'Entries of the lists, those that ended too; null means any. Unordered: the caller pages by entry_id.';
