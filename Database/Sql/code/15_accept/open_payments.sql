-- Opens a batch of payments that came over the API, in a lane that is empty and belongs to this transaction.
-- Grain: one batch. Reads: staging.payments_live. Called by: receive_payments.
--
-- A fresh lane for each, so that no rows of others are met, dead or alive, however long an older transaction keeps them from being
-- cleared away. Lanes come round again after tens of thousands: by then sweep_lanes has been there.
create function pipeline.open_payments(
    p_import_id bigint,
    p_first_record bigint,
    p_records bigint,
    out lane smallint,
    out batch_id bigint
)
language plpgsql
as $$
begin
    loop
        lane := nextval('staging.live_lanes');
        exit when pg_try_advisory_xact_lock(7401, lane)
            and not exists (
                select
                from staging.payments_live as old
                where old.lane = open_payments.lane
            );
    end loop;

    insert into ops.batches as batch (import_id, first_record, record_count, lane, loaded_at)
    values (p_import_id, p_first_record, p_records, lane, clock_timestamp())
    returning batch.batch_id into batch_id;
end;
$$;

comment on function pipeline.open_payments(bigint, bigint, bigint) is
    'Opens a batch of payments of the API in a lane of its own (9 and more).';
