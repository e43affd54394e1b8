-- Starts an import, or goes on with it after a crash, and tells what is to be done.
-- Grain: one import. Reads: ops.imports. Called by: ImportStage.
create function pipeline.start_import(
    p_run_id bigint,
    p_attempt int,
    p_import_id bigint
) returns table (
    profile varchar,
    content_sha256 char(64),
    compression varchar,
    is_done boolean,
    next_record bigint,
    is_replay boolean,
    file_name varchar,
    size_bytes bigint,
    bytes_read bigint
)
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.imports as import
    set
        status = 'running',
        started_at = coalesce(import.started_at, clock_timestamp())
    where import.import_id = p_import_id
        and import.run_id = p_run_id
        and import.status in ('queued', 'running');

    return query
        select
            import.profile,
            import.content_sha256,
            import.compression,
            import.status in ('completed', 'rejected'),
            import.next_record,
            import.replays_import_id is not null,
            import.file_name,
            import.size_bytes,
            import.bytes_read
        from ops.imports as import
        where import.import_id = p_import_id
            and import.run_id = p_run_id;
end;
$$;

comment on function pipeline.start_import(bigint, int, bigint) is
    'Starts an import of the run, or goes on with it: its profile, its file and how many records are accounted for.';
