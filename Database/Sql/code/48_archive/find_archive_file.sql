-- The file that holds the payments of an instant which are no longer in the store.
-- Grain: at most one row; none when nothing of the month is archived. A month in several parts names them all.
-- Reads: ops.archived_months. Called by: get_payment_lineage, list_settlement_lineage.
create function pipeline.find_archive_file(
    p_transaction_date timestamptz
) returns table (
    file_name varchar,
    file_sha256 char(64)
)
language sql
stable
parallel safe
as $$
    select
        string_agg(archive.file_name, ', ' order by archive.part)::varchar as file_name,
        case when count(*) = 1 then min(archive.file_sha256) end::char(64) as file_sha256
    from ops.archived_months as archive
    where archive.status = 'archived'
        and archive.payment_month = date_trunc('month', p_transaction_date at time zone 'UTC')::date
    having count(*) > 0;
$$;

comment on function pipeline.find_archive_file(timestamptz) is
    'The archive''s file for an instant and its SHA-256; of a month in several parts all files, without one.';
