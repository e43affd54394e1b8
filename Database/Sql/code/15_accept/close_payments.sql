-- Loads a scored batch of payments that came over the API and closes it in the account of its import.
-- Grain: one batch. Reads: ops.batches. Called by: AcceptedBatch, when all is known that can be known.
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
    v_loaded bigint;
begin
    if p_accepted > 0 then
        select loaded.accepted
        into v_loaded
        from pipeline.load_batch(p_batch_id) as loaded;
        if v_loaded <> p_accepted then
            raise exception 'batch % has % scored payments, and % were loaded',
                p_batch_id, p_accepted, v_loaded;
        end if;
    end if;

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
    where import.import_id = (
        select batch.import_id
        from ops.batches as batch
        where batch.batch_id = p_batch_id
    );
end;
$$;

comment on function pipeline.close_payments(bigint, bigint, bigint, bigint) is
    'Loads a scored batch of payments of the API and counts it in the account of its import.';
