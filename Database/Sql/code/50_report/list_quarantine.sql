-- Refused records of all imports, with what became of each.
-- Grain: one refused record; a replay that is refused again is no row of its own.
-- Reads: ops.quarantine, imports. Called by: GET /api/quarantine, GET /api/quarantine/{import_id}/{record_number}.
create function pipeline.list_quarantine(
    p_import_id bigint,
    p_profile text,
    p_reason text,
    p_status text,
    p_from date,
    p_to date
) returns table (
    import_id bigint,
    record_number bigint,
    line_number bigint,
    file_name varchar,
    content_sha256 varchar,
    profile varchar,
    status varchar,
    reasons text[],
    first_reasons text[],
    raw_record text,
    raw_is_cut boolean,
    refused_at timestamptz,
    replay_import_id bigint,
    replay_status varchar,
    handled_by varchar,
    handled_at timestamptz,
    note text,
    corrections jsonb
)
language sql
stable
parallel safe
as $$
    select
        refused.import_id,
        refused.record_number,
        refused.line_number,
        import.file_name,
        import.content_sha256::varchar,
        import.profile,
        refused.status,
        coalesce(refused.latest_reasons, refused.reasons) as reasons,
        refused.reasons as first_reasons,
        refused.raw_record,
        refused.raw_is_cut,
        refused.created_at as refused_at,
        refused.replay_import_id,
        replay.status as replay_status,
        refused.handled_by,
        refused.handled_at,
        refused.note,
        replayed.corrections
    from ops.quarantine as refused
    inner join ops.imports as import on import.import_id = refused.import_id
    left join ops.imports as replay on replay.import_id = refused.replay_import_id
    left join ops.replayed_records as replayed
        on replayed.import_id = refused.replay_import_id
        and replayed.record_number = refused.record_number
    where refused.status <> 'repeated'
        and (p_import_id is null or refused.import_id = p_import_id)
        and (p_profile is null or import.profile = p_profile)
        and (p_reason is null or p_reason = any(coalesce(refused.latest_reasons, refused.reasons)))
        and (p_status is null or refused.status = p_status)
        and (p_from is null or refused.created_at >= p_from::timestamp at time zone 'UTC')
        and (p_to is null or refused.created_at < (p_to + 1)::timestamp at time zone 'UTC');
$$;

comment on function pipeline.list_quarantine(bigint, text, text, text, date, date) is
    'Refused records with their newest reasons and what became of them, by import, profile, reason, status and UTC days of refusal (both included). Unordered: the caller pages by import_id and record_number.';
