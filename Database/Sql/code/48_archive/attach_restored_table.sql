-- Makes the restored month a partition of payments; where late payments have one already, it takes the rows.
-- Grain: none. Reads: staging.payments_YYYY_MM. Called by: complete_restore.
--
-- Owner's rights, because only an owner may attach a partition.
create function pipeline.attach_restored_table(
    p_month date
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text := 'payments_' || to_char(p_month, 'YYYY_MM');
begin
    if exists (
        select
        from pg_class as class
        where class.relnamespace = 'partitions'::regnamespace
            and class.relname = v_name
    ) then
        execute format('insert into public.payments select * from staging.%I', v_name);
        execute format('drop table staging.%I', v_name);
    else
        execute format('revoke all on staging.%I from payments_worker', v_name);
        execute format('alter table staging.%I set schema partitions', v_name);
        execute format(
            'alter table public.payments attach partition partitions.%I'
            ' for values from (%L) to (%L)',
            v_name,
            to_char(p_month, 'YYYY-MM-DD') || ' 00:00:00+00',
            to_char(p_month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'
        );
        execute format(
            'comment on table partitions.%I is %L',
            v_name,
            format('Payments of %s (UTC).', to_char(p_month, 'YYYY-MM'))
        );
    end if;
    execute format('analyze partitions.%I', v_name);
end;
$$;

comment on function pipeline.attach_restored_table(date) is
    'Attaches staging.payments_YYYY_MM to payments, or merges it into the partition that late payments have made.';
revoke all on function pipeline.attach_restored_table(date) from public;
