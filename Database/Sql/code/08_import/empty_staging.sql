-- Clears away what an import has staged in a table that imports share.
-- Grain: none. Reads: the staging table, ops.batches.
-- Called by: BatchReader, before a batch is staged, also where a crashed run has left something, and at the end.
--
-- Deleted rows keep their space until a vacuum. It is freed at once where no other session uses the table
-- and no other import has rows in it.
create function pipeline.empty_staging(
    p_subject text,
    p_import_id bigint
) returns void
language plpgsql
as $$
declare
    v_has_rows boolean;
begin
    execute format(
        'delete from staging.%I as staged using ops.batches as batch '
        'where batch.batch_id = staged.batch_id and batch.import_id = $1',
        p_subject
    )
    using p_import_id;
    begin
        execute format('lock table staging.%I in access exclusive mode nowait', p_subject);
    exception
        when lock_not_available then
            return;
    end;
    execute format('select exists (select from staging.%I)', p_subject) into v_has_rows;
    if not v_has_rows then
        execute format('truncate staging.%I', p_subject);
    end if;
end;
$$;

comment on function pipeline.empty_staging(text, bigint) is
    'Deletes what an import has staged of a subject, and frees the space where nothing else is staged.';
