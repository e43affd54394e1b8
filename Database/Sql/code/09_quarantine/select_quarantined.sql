-- Refused records that a request means: of an import, with a reason among their newest ones, of these numbers.
-- Grain: one refused record that is or was open. Reads: ops.quarantine, ops.imports.
-- Called by: replay_records, dismiss_records.
create function pipeline.select_quarantined(
    p_import_id bigint,
    p_reason text,
    p_records bigint[]
) returns table (
    import_id bigint,
    record_number bigint,
    line_number bigint,
    status varchar,
    reasons text[],
    replay_import_id bigint,
    is_under_way boolean
)
language sql
stable
parallel safe
as $$
    select
        refused.import_id,
        refused.record_number,
        refused.line_number,
        refused.status,
        coalesce(refused.latest_reasons, refused.reasons) as reasons,
        refused.replay_import_id,
        refused.status = 'open' and coalesce(replay.status in ('queued', 'running'), false)
            as is_under_way
    from ops.quarantine as refused
    left join ops.imports as replay on replay.import_id = refused.replay_import_id
    where refused.status <> 'repeated'
        and (p_import_id is null or refused.import_id = p_import_id)
        and (p_records is null or refused.record_number = any(p_records))
        and (p_reason is null or p_reason = any(coalesce(refused.latest_reasons, refused.reasons)));
$$;

comment on function pipeline.select_quarantined(bigint, text, bigint[]) is
    'Refused records of an import, a reason and record numbers, any of which may be left open, with what is under way for them.';
