-- Asks for open refused records to be read again from their files, each file by an import and a run of its own.
-- Grain: one import that replays records of the selection. Reads: ops.quarantine, imports, replayed_records.
-- Called by: POST /api/quarantine/replay, POST /api/quarantine/{import_id}/{record_number}/correct.
--
-- A record that a replay is under way for is not asked for again: the answer names that replay instead.
-- Corrections are given by record number: {"41": {"amount": "12.00"}}. Those of an earlier replay that was refused
-- too are kept, and these come on top of them.
create function pipeline.replay_records(
    p_import_id bigint,
    p_reason text,
    p_records bigint[],
    p_mode text,
    p_corrections jsonb,
    p_note text,
    p_by text,
    p_trace_parent text,
    p_now timestamptz
) returns table (
    import_id bigint,
    run_id bigint,
    replays_import_id bigint,
    records bigint,
    is_new boolean
)
language plpgsql
as $$
declare
    v_made bigint[];
begin
    -- One request at a time decides what is open.
    perform pg_advisory_xact_lock(pipeline.lock_key('quarantine'));

    with due as (
        select
            refused.import_id,
            refused.record_number,
            refused.line_number,
            refused.replay_import_id
        from pipeline.select_quarantined(p_import_id, p_reason, p_records) as refused
        inner join ops.imports as import on import.import_id = refused.import_id
        where refused.status = 'open'
            and not refused.is_under_way
            -- Of a file that had card numbers nothing is left to be read again.
            and not import.has_cards
    ),
    made as (
        insert into ops.imports (
            profile, mode, file_name, content_sha256, size_bytes, compression, is_generated,
            replays_import_id
        )
        select
            origin.profile,
            coalesce(p_mode, origin.mode),
            origin.file_name,
            origin.content_sha256,
            origin.size_bytes,
            origin.compression,
            origin.is_generated,
            origin.import_id
        from ops.imports as origin
        where origin.import_id in (select due.import_id from due)
        returning
            ops.imports.import_id,
            ops.imports.replays_import_id
    ),
    listed as (
        insert into ops.replayed_records (import_id, record_number, line_number, corrections)
        select
            made.import_id,
            due.record_number,
            due.line_number,
            nullif(
                coalesce(earlier.corrections, '{}')
                    || coalesce(p_corrections -> due.record_number::text, '{}'),
                '{}'
            )
        from due
        inner join made on made.replays_import_id = due.import_id
        left join ops.replayed_records as earlier
            on earlier.import_id = due.replay_import_id
            and earlier.record_number = due.record_number
    ),
    claimed as (
        update ops.quarantine as refused
        set
            replay_import_id = made.import_id,
            handled_by = p_by,
            handled_at = p_now,
            note = coalesce(p_note, refused.note)
        from due
        inner join made on made.replays_import_id = due.import_id
        where refused.import_id = due.import_id
            and refused.record_number = due.record_number
    )
    select coalesce(array_agg(made.import_id), '{}')
    into v_made
    from made;

    update ops.imports as import
    set run_id = pipeline.request_run(
        'import',
        concat('import:', import.import_id),
        'api',
        jsonb_build_object('import_id', import.import_id),
        p_trace_parent
    )
    where import.import_id = any(v_made);

    return query
        select
            replay.import_id,
            replay.run_id,
            replay.replays_import_id,
            count(*) as records,
            replay.import_id = any(v_made) as is_new
        from pipeline.select_quarantined(p_import_id, p_reason, p_records) as refused
        inner join ops.imports as replay on replay.import_id = refused.replay_import_id
        where refused.is_under_way
        group by replay.import_id
        order by replay.import_id;
end;
$$;

comment on function pipeline.replay_records(
    bigint, text, bigint[], text, jsonb, text, text, text, timestamptz
) is
    'Asks for open refused records to be read again, with corrections if any; returns the replays under way for the selection.';
