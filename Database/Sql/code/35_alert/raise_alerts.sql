-- Raises the alerts of a batch.
-- Grain: one value, the alerts that are new. Reads: what raise_alerts_of_batches reads.
-- Called by: RaiseStage, last in the transaction of a file's batch or of the API's micro-batch.
create function pipeline.raise_alerts(
    p_batch_id bigint
) returns bigint
language sql
as $$
    select pipeline.raise_alerts_of_batches(array[p_batch_id]);
$$;

comment on function pipeline.raise_alerts(bigint) is
    'Raises alerts for the payments of a batch from REVIEW upward or flagged, or lets them join the alert of their customer and rule that waits; returns how many are new.';
