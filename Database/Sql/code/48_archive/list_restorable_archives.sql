-- The files that hold payments of a month which are no longer in the store.
-- Grain: one archive, in the order in which they were written. Reads: ops.archived_months. Called by: RestoreStage.
create function pipeline.list_restorable_archives(
    p_month date
) returns table (
    archive_id bigint,
    file_name varchar,
    file_sha256 varchar,
    payment_columns text[]
)
language sql
stable
parallel safe
as $$
    select
        archive.archive_id,
        archive.file_name,
        archive.file_sha256::varchar,
        archive.payment_columns
    from ops.archived_months as archive
    where archive.payment_month = p_month
        and archive.status = 'archived'
    order by archive.part;
$$;

comment on function pipeline.list_restorable_archives(date) is
    'Archives of a month whose payments are in their files only.';
