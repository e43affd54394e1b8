-- Opens the next batch of an import.
-- Grain: one batch. Reads: nothing. Called by: ImportStage, before it stages the batch's records.
create function pipeline.begin_batch(
    p_run_id bigint,
    p_import_id bigint,
    p_first_record bigint
) returns bigint
language sql
as $$
    insert into ops.batches (run_id, import_id, first_record, record_count)
    values (p_run_id, p_import_id, p_first_record, 0)
    returning batch_id;
$$;

comment on function pipeline.begin_batch(bigint, bigint, bigint) is
    'Opens the next batch of an import and returns its id; it counts once advance_import has closed it.';
