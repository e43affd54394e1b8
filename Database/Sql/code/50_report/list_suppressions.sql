-- Rules that do not count for somebody.
-- Grain: one suppression. Reads: risk.suppressions. Called by: GET /api/suppressions, GET /api/suppressions/{id}.
create function pipeline.list_suppressions(
    p_rule_code text,
    p_party_kind text,
    p_party text,
    p_active boolean,
    p_now timestamptz
) returns table (
    suppression_id bigint,
    rule_code varchar,
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
        suppression.suppression_id,
        suppression.rule_code,
        suppression.party_kind,
        suppression.party,
        suppression.reason,
        suppression.author,
        suppression.created_at,
        suppression.expires_at,
        suppression.removed_at,
        suppression.removed_by,
        suppression.removed_at is null
            and coalesce(suppression.expires_at > p_now, true) as is_active
    from risk.suppressions as suppression
    where (p_rule_code is null or suppression.rule_code = p_rule_code)
        and (p_party_kind is null or suppression.party_kind = p_party_kind)
        and (p_party is null or suppression.party = p_party)
        and (
            p_active is null
            or p_active = (
                suppression.removed_at is null and coalesce(suppression.expires_at > p_now, true)
            )
        );
$$;

comment on function pipeline.list_suppressions(text, text, text, boolean, timestamptz) is
    'Suppressions of rules, those that ended too; null means any. Unordered: the caller pages by suppression_id.';
