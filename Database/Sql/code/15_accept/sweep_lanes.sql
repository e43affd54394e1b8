-- Clears away what transactions of the API have left in their lanes.
-- Grain: one value, the payments cleared away. Reads: the lanes of the API. Called by: LaneSweep, every few seconds.
--
-- Rows that are visible here are those of transactions that have ended: no one needs them any more.
create function pipeline.sweep_lanes() returns bigint
language plpgsql
as $$
declare
    v_swept bigint;
begin
    if not pg_try_advisory_xact_lock(pipeline.lock_key('lane_sweep')) then
        return 0;
    end if;
    delete from staging.payment_verdicts_live;
    delete from staging.payments_live;
    get diagnostics v_swept = row_count;
    return v_swept;
end;
$$;

comment on function pipeline.sweep_lanes() is
    'Deletes what transactions of the API that have ended left in staging, and returns how many payments.';
