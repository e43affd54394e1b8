-- Counts the payments of a batch, which insert_payments has inserted, in the rollups, and moves those that an update moves.
-- Grain: one row. Reads: staging.payment_verdicts, ops.batches, ops.imports.
-- Called by: LoadStage, with what score_payments returns: all accepted payments of the batch.
--
-- Other batches that count in the same cells wait until this one is committed: so it comes late in the transaction, and inserting is
-- not part of it.
-- Of an update, records that move a payment count as accepted too.
create function pipeline.load_batch(
    p_batch_id bigint,
    p_payments staging.scored_payment[],
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
as $$
declare
    v_lane smallint;
    v_is_update boolean;
begin
    select
        batch.lane,
        import.mode = 'update'
    into
        v_lane,
        v_is_update
    from ops.batches as batch
    inner join ops.imports as import on import.import_id = batch.import_id
    where batch.batch_id = p_batch_id;
    if v_lane is null then
        raise exception 'batch % has not been validated', p_batch_id;
    end if;

    accepted := cardinality(p_payments);
    perform pipeline.add_to_rollups(p_payments, 1);
    if v_is_update then
        accepted := accepted + pipeline.move_payments(p_batch_id);
    end if;

    select count(*)
    into duplicates
    from staging.payment_verdicts as verdict
    where verdict.lane = v_lane
        and verdict.verdict = 'duplicate';
end;
$$;

comment on function pipeline.load_batch(bigint, staging.scored_payment[]) is
    'Counts the inserted payments of a batch in the rollups, with an update''s moves; returns how many records were accepted and how many the store had already.';
