-- The account of an import as it stands at an instant.
-- Grain: one import. Reads: ops.imports. Called by: GET /api/imports/{id}, POST /api/imports?wait=true.
create function pipeline.get_import_account(
    p_import_id bigint,
    p_now timestamptz
) returns table (
    import_id bigint,
    status varchar,
    profile varchar,
    read bigint,
    accepted bigint,
    duplicates bigint,
    rejected bigint,
    by_reason jsonb,
    file_rejected varchar,
    warnings text[],
    rows_per_second bigint,
    run_id bigint,
    mode varchar,
    file_name varchar,
    size_bytes bigint,
    file_rejected_detail text,
    received_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    error text,
    rejected_open bigint,
    rejected_replayed bigint,
    rejected_dismissed bigint,
    replays_import_id bigint,
    bytes_read bigint,
    percent numeric,
    seconds_left bigint,
    profile_version int,
    compression varchar
)
language sql
stable
parallel safe
as $$
    select
        import.import_id,
        import.status,
        import.profile,
        import.records_read as read,
        import.records_accepted as accepted,
        import.records_duplicate as duplicates,
        import.records_rejected as rejected,
        import.by_reason,
        import.file_rejected,
        import.warnings,
        coalesce(
            import.records_read / nullif(
                extract(epoch from coalesce(import.finished_at, p_now) - import.started_at), 0
            ),
            0
        )::bigint as rows_per_second,
        import.run_id,
        import.mode,
        import.file_name,
        import.size_bytes,
        import.file_rejected_detail,
        import.received_at,
        import.started_at,
        import.finished_at,
        import.error,
        case
            when import.replays_import_id is null
                then import.records_rejected - import.records_replayed - import.records_dismissed
            else 0
        end as rejected_open,
        import.records_replayed as rejected_replayed,
        import.records_dismissed as rejected_dismissed,
        import.replays_import_id,
        progress.bytes_read,
        round(100.0 * progress.bytes_read / nullif(import.size_bytes, 0), 1) as percent,
        case
            when import.status = 'running'
                then ceil(
                    extract(epoch from p_now - import.started_at)
                    * (import.size_bytes - progress.bytes_read) / nullif(progress.bytes_read, 0)
                )
        end::bigint as seconds_left,
        import.profile_version,
        import.compression
    from ops.imports as import
    cross join lateral (
        select
            case
                when import.status = 'completed' then import.size_bytes
                else import.bytes_read
            end as bytes_read
    ) as progress
    where import.import_id = p_import_id;
$$;

comment on function pipeline.get_import_account(bigint, timestamptz) is
    'The account of an import: read = accepted + duplicates + rejected; rows per second up to p_now while it runs; time left as far as it can be told from that.';
