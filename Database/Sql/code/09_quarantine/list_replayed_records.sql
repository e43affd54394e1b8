-- The records that a replay reads of its file.
-- Grain: one record. Reads: ops.replayed_records. Called by: ImportWork.
create function pipeline.list_replayed_records(
    p_import_id bigint
) returns table (
    record_number bigint,
    corrections jsonb
)
language sql
stable
parallel safe
as $$
    select
        replayed.record_number,
        replayed.corrections
    from ops.replayed_records as replayed
    where replayed.import_id = p_import_id;
$$;

comment on function pipeline.list_replayed_records(bigint) is
    'The records that a replay reads, with the values that stand for their own. Unordered: the caller sorts.';
