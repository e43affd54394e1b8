-- Months of payments that were written to files, and where they are now.
-- Grain: one archive; a month has several when payments came late, or when it was restored and archived again.
-- Reads: ops.archived_months. Called by: GET /api/archives, POST /api/archives/{month}/restore.
create function pipeline.list_archives() returns table (
    archive_id bigint,
    month varchar,
    part int,
    status varchar,
    payments bigint,
    totals jsonb,
    file_name varchar,
    file_size bigint,
    file_sha256 varchar,
    archived_at timestamptz,
    restored_at timestamptz,
    run_id bigint,
    restore_run_id bigint
)
language sql
stable
parallel safe
as $$
    select
        archive.archive_id,
        to_char(archive.payment_month, 'YYYY-MM')::varchar as month,
        archive.part,
        archive.status,
        archive.payment_count as payments,
        archive.totals,
        archive.file_name,
        archive.file_size,
        archive.file_sha256::varchar,
        archive.archived_at,
        archive.restored_at,
        archive.run_id,
        archive.restore_run_id
    from ops.archived_months as archive;
$$;

comment on function pipeline.list_archives() is
    'Archived months with their state, totals and files. Unordered: the caller orders by month and part.';
