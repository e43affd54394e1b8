-- Says of batches that a settle run may have settled payments of them, before it has: when it does so in transactions of their
-- own and only some of them last, the next run looks which payments are settled.
-- Grain: none. Reads: ops.batches. Called by: SettleStage, beside a transaction that holds lock_settlements.
create function pipeline.mark_looked_at(
    p_batches bigint[]
) returns void
language sql
as $$
    update ops.batches as batch
    set unsettled_from = '0001-01-01'
    where batch.batch_id = any (p_batches)
        and batch.unsettled_from = '-infinity';
$$;

comment on function pipeline.mark_looked_at(bigint[]) is
    'Leaves these batches due, yet no longer as ones of which nothing is settled.';
