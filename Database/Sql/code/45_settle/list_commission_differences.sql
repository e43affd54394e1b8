-- The commission check of the settlements of the last 92 days, for BI: it reads all of their payments.
-- Grain: one settlement with a difference. Reads: find_commission_differences. Called by: vw_commission_differences.
--
-- Owner's rights, because the check goes through functions, and a BI login may read no table behind a view's back.
create function pipeline.list_commission_differences() returns table (
    settlement_id varchar,
    merchant_id varchar,
    currency varchar,
    period_start date,
    status varchar,
    stored_amount numeric,
    recomputed_amount numeric,
    difference numeric,
    cause varchar,
    payments_affected bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
set jit = off
as $$
    select wrong.*
    from pipeline.find_commission_differences(
        null, null, null, null, (now() at time zone 'UTC')::date - 92, null
    ) as wrong;
$$;

comment on function pipeline.list_commission_differences() is
    'Settlements of the last 92 days (UTC) whose commission is not what their payments cost by the fees of their days.';
revoke all on function pipeline.list_commission_differences() from public;
