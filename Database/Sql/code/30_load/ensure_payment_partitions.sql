-- Makes the monthly partitions of payments from one instant to another, both included.
-- Grain: one row, the number of partitions made. Reads: the catalogue.
-- Called by: BatchReader and insert_payments before a batch, the partition job ahead of time.
--
-- Owner's rights, because only an owner may attach a partition. Created apart and then attached, which
-- takes SHARE UPDATE EXCLUSIVE on payments: readers and writers go on. Two at once take turns.
create function pipeline.ensure_payment_partitions(
    p_from timestamptz,
    p_to timestamptz
) returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first date := date_trunc('month', p_from at time zone 'UTC');
    v_last date := date_trunc('month', p_to at time zone 'UTC');
    v_month date;
    v_name text;
    v_made int := 0;
begin
    if v_first < date '2000-01-01' or v_last > v_first + interval '1200 months' then
        raise exception 'no partitions from % to %', p_from, p_to
            using errcode = 'invalid_parameter_value', hint = 'Payments lie from 2000-01-01 on.';
    end if;
    for v_month in
        select generate_series(v_first, v_last, interval '1 month')::date
    loop
        continue when pipeline.has_payment_partition(v_month);
        perform pg_advisory_xact_lock(pipeline.lock_key('partitions'));
        -- Another session may have made it meanwhile.
        continue when pipeline.has_payment_partition(v_month);
        v_name := format('payments_%s', to_char(v_month, 'YYYY_MM'));
        execute format(
            'create table partitions.%I (like public.payments'
            ' including defaults including constraints including storage)',
            v_name
        );
        execute format(
            'alter table public.payments attach partition partitions.%I'
            ' for values from (%L) to (%L)',
            v_name,
            to_char(v_month, 'YYYY-MM-DD') || ' 00:00:00+00',
            to_char(v_month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'
        );
        execute format(
            'comment on table partitions.%I is %L',
            v_name,
            format('Payments of %s (UTC).', to_char(v_month, 'YYYY-MM'))
        );
        v_made := v_made + 1;
    end loop;
    return v_made;
end;
$$;

comment on function pipeline.ensure_payment_partitions(timestamptz, timestamptz) is
    'Makes the missing monthly partitions between two instants (both included) and returns how many it made.';
revoke all on function pipeline.ensure_payment_partitions(timestamptz, timestamptz) from public;
