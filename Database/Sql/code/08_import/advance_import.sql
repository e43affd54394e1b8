-- Closes a batch: its records are accounted for, and a restart goes on behind them.
-- Grain: one batch. Reads: ops.quarantine. Called by: LoadStage, last in the batch's transaction.
--
-- The rejected are counted where they are: in quarantine. The account's constraint
-- (read = accepted + duplicate + rejected) fails the batch if anything was lost on the way.
-- A replay reads some records of its file: its batches follow each other without holding all that lies between.
create function pipeline.advance_import(
    p_batch_id bigint,
    p_record_count bigint,
    p_last_record bigint,
    p_bytes_read bigint,
    p_accepted bigint,
    p_duplicates bigint
) returns void
language plpgsql
as $$
declare
    v_batch ops.batches;
    v_replays_import_id bigint;
begin
    update ops.batches as batch
    set
        record_count = p_record_count,
        loaded_at = clock_timestamp()
    where batch.batch_id = p_batch_id
    returning batch.* into v_batch;

    with refused as (
        select
            quarantine.reason,
            count(*) as records
        from ops.quarantine as quarantine
        where quarantine.import_id = v_batch.import_id
            and quarantine.record_number >= v_batch.first_record
            and quarantine.record_number <= p_last_record
        group by quarantine.reason
    ),
    counted as (
        select
            coalesce(sum(refused.records), 0) as records,
            coalesce(
                jsonb_object_agg(
                    refused.reason,
                    refused.records + coalesce((import.by_reason ->> refused.reason)::bigint, 0)
                ) filter (where refused.reason is not null),
                '{}'
            ) as by_reason
        from ops.imports as import
        left join refused on true
        where import.import_id = v_batch.import_id
    )
    update ops.imports as import
    set
        records_read = import.records_read + p_record_count,
        records_accepted = import.records_accepted + p_accepted,
        records_duplicate = import.records_duplicate + p_duplicates,
        records_rejected = import.records_rejected + counted.records,
        by_reason = import.by_reason || counted.by_reason,
        next_record = p_last_record,
        bytes_read = p_bytes_read
    from counted
    where import.import_id = v_batch.import_id
        and import.next_record = v_batch.first_record - 1
    returning import.replays_import_id into v_replays_import_id;
    if not found then
        raise exception 'batch % does not follow what import % has loaded', p_batch_id, v_batch.import_id;
    end if;

    -- A run that gets on is none to give up.
    update ops.runs as run
    set
        failed_attempts = 0,
        lost_attempts = 0
    where run.run_id = v_batch.run_id
        and (run.failed_attempts > 0 or run.lost_attempts > 0);

    if v_replays_import_id is not null then
        perform pipeline.follow_replay(
            v_batch.import_id, v_replays_import_id, v_batch.first_record, p_last_record
        );
    end if;
end;
$$;

comment on function pipeline.advance_import(bigint, bigint, bigint, bigint, bigint, bigint) is
    'Closes a batch in the account of its import; fails unless the batch follows the last one and every record is accounted for.';
