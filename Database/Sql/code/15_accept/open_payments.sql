-- Opens a batch of payments that came over the API, in a lane that is empty and belongs to this transaction.
-- Grain: one batch. Reads: the catalogue. Called by: AcceptedBatch, before it stages payments.
--
-- The lane's lock ends with the transaction, so that any number of API instances share the lanes 9 to 16. Rows are deleted,
-- which costs a few payments less than truncate does; dead ones, which nothing can clear away while an older transaction
-- runs, go with truncate as soon as they fill some pages.
create function pipeline.open_payments(
    p_lane smallint,
    p_import_id bigint,
    p_first_record bigint,
    p_records bigint,
    out lane smallint,
    out batch_id bigint
)
language plpgsql
as $$
declare
    v_bytes_kept constant bigint := 1024 * 1024;
begin
    for i in 0..7 loop
        lane := 9 + (p_lane - 9 + i) % 8;
        exit when pg_try_advisory_xact_lock(7401, lane);
        lane := null;
    end loop;
    if lane is null then
        lane := p_lane;
        perform pg_advisory_xact_lock(7401, lane);
    end if;

    if pg_relation_size(format('staging.payments_lane_%s', lane)::regclass)
        + pg_relation_size(format('staging.scored_payments_lane_%s', lane)::regclass)
        > v_bytes_kept then
        execute format(
            'truncate staging.payments_lane_%1$s, staging.payment_verdicts_lane_%1$s,'
            ' staging.scored_payments_lane_%1$s',
            lane
        );
    else
        delete from staging.payments as old
        where old.lane = open_payments.lane;
        delete from staging.payment_verdicts as old
        where old.lane = open_payments.lane;
        delete from staging.scored_payments as old
        where old.lane = open_payments.lane;
    end if;

    insert into ops.batches as batch (import_id, first_record, record_count, lane, loaded_at)
    values (p_import_id, p_first_record, p_records, lane, clock_timestamp())
    returning batch.batch_id into batch_id;
end;
$$;

comment on function pipeline.open_payments(smallint, bigint, bigint, bigint) is
    'Opens a batch of payments of the API in the wanted lane (9 to 16), or another that is free, and empties it.';
