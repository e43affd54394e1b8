-- Takes a lane that is empty and belongs to this transaction, and a number for the batch of payments that will lie in it.
-- Grain: one batch. Reads: staging.payments_live. Called by: receive_payments.
--
-- A fresh lane for each, so that no rows of others are met, dead or alive, however long an older transaction keeps them from being
-- cleared away. Lanes come round again after tens of thousands: by then sweep_lanes has been there. The batch itself is written
-- when it is stored (store_payments).
create function pipeline.open_payments(
    out lane smallint,
    out batch_id bigint
)
language plpgsql
as $$
begin
    loop
        lane := nextval('staging.live_lanes');
        exit when pg_try_advisory_xact_lock(pipeline.lock_key('lane'), lane)
            and not exists (
                select
                from staging.payments_live as old
                where old.lane = open_payments.lane
            );
    end loop;
    batch_id := nextval('ops.batches_batch_id_seq');
end;
$$;

comment on function pipeline.open_payments() is
    'Takes a lane (9 and more) and the number of a batch for payments of the API.';
