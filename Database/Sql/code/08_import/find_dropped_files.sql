-- What became of files from the drop folder: not done yet, done, or failed and why, and how many bytes were received.
-- Grain: one request key that is known. Reads: ops.runs, ops.imports. Called by: DropFolder.
create function pipeline.find_dropped_files(
    p_request_keys text[]
) returns table (
    request_key varchar,
    is_finished boolean,
    failure text,
    size_bytes bigint,
    has_cards boolean
)
language sql
stable
parallel safe
as $$
    select
        run.request_key,
        run.finished_at is not null as is_finished,
        case
            when run.status = 'failed'
                then concat('The import failed: ', run.error)
            when import.status = 'rejected'
                then concat_ws(': ', 'The file was refused', import.file_rejected, import.file_rejected_detail)
        end as failure,
        import.size_bytes,
        coalesce(import.has_cards, false) as has_cards
    from ops.runs as run
    left join ops.imports as import
        on import.run_id = run.run_id
    where run.request_key = any(p_request_keys);
$$;

comment on function pipeline.find_dropped_files(text[]) is
    'What became of files from the drop folder, by the request key of their runs; unknown keys give no row.';
