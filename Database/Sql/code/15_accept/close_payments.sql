-- Closes a batch of payments that came over the API in the account of its import.
-- Grain: one batch. Reads: ops.batches. Called by: AcceptedBatch, last in its transaction.
--
-- What was refused was answered, is not kept, and does not count. Batches of one import are closed in any order, so that its
-- lanes wait for each other here only, at the very end.
create function pipeline.close_payments(
    p_batch_id bigint,
    p_last_record bigint,
    p_accepted bigint,
    p_duplicates bigint
) returns void
language plpgsql
as $$
declare
    v_import_id bigint;
begin
    select batch.import_id
    into v_import_id
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    update ops.batches as batch
    set record_count = p_accepted + p_duplicates
    where batch.batch_id = p_batch_id
        and batch.record_count <> p_accepted + p_duplicates;

    update ops.imports as import
    set
        records_read = import.records_read + p_accepted + p_duplicates,
        records_accepted = import.records_accepted + p_accepted,
        records_duplicate = import.records_duplicate + p_duplicates,
        next_record = greatest(import.next_record, p_last_record)
    where import.import_id = v_import_id;
end;
$$;

comment on function pipeline.close_payments(bigint, bigint, bigint, bigint) is
    'Counts a batch of payments of the API in the account of its import.';
