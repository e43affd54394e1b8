-- The accounts of a run's imports as they stand at an instant.
-- Grain: one import. Reads: ops.imports. Called by: GET /api/etl/runs/{id}.
create function pipeline.list_run_imports(
    p_run_id bigint,
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
    select account.*
    from ops.imports as import
    cross join lateral pipeline.get_import_account(import.import_id, p_now) as account
    where import.run_id = p_run_id;
$$;

comment on function pipeline.list_run_imports(bigint, timestamptz) is
    'The accounts of a run''s imports. Unordered: the caller orders by import_id.';
