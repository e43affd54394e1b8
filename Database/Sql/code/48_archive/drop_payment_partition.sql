-- Detaches and drops the partition of a month that this very transaction has archived.
-- Grain: none. Reads: ops.archived_months. Called by: complete_archive.
--
-- Owner's rights, because only an owner may drop a table. Waits for whoever reads payments, and lets nobody in
-- meanwhile: the caller sets a lock_timeout and tries again.
create function pipeline.drop_payment_partition(
    p_month date
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text := format('payments_%s', to_char(p_month, 'YYYY_MM'));
begin
    if not exists (
        select
        from ops.archived_months as archive
        where archive.payment_month = p_month
            and archive.status = 'archived'
            and archive.archived_at = now()
    ) then
        raise exception 'the payments of % have not just been archived', to_char(p_month, 'YYYY-MM')
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    execute format('alter table public.payments detach partition partitions.%I', v_name);
    execute format('drop table partitions.%I', v_name);
end;
$$;

comment on function pipeline.drop_payment_partition(date) is
    'Drops the partition of a month that the same transaction has archived.';
revoke all on function pipeline.drop_payment_partition(date) from public;
