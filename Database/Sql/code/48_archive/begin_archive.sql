-- Opens the archive of a month, or finds the one that an attempt before this has left unfinished.
-- Grain: one archive. Reads: ops.archived_months. Called by: ArchiveStage.
create function pipeline.begin_archive(
    p_run_id bigint,
    p_attempt int,
    p_month date
) returns table (
    archive_id bigint,
    file_name varchar
)
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    return query
    update ops.archived_months as archive
    set run_id = p_run_id
    where archive.payment_month = p_month
        and archive.status = 'writing'
    returning
        archive.archive_id,
        archive.file_name;
    if found then
        return;
    end if;

    return query
    with next_part as (
        select coalesce(max(archive.part), 0) + 1 as part
        from ops.archived_months as archive
        where archive.payment_month = p_month
    )
    insert into ops.archived_months as archive (payment_month, part, file_name, run_id)
    select
        p_month,
        next_part.part,
        concat(
            'payments-',
            to_char(p_month, 'YYYY-MM'),
            case when next_part.part > 1 then '-' || next_part.part end,
            '.parquet'
        ),
        p_run_id
    from next_part
    returning
        archive.archive_id,
        archive.file_name;
end;
$$;

comment on function pipeline.begin_archive(bigint, int, date) is
    'Opens the archive of a month in state writing, or returns the one that is; with the name of its file.';
