-- Whether payments of a day have their month's partition.
-- Grain: one value. Reads: the catalogue. Called by: insert_payments, ensure_payment_partitions.
--
-- Asked of the table, not of the session's cache: another session may have made it or dropped it meanwhile. Not in
-- language sql: what has a subquery is not inlined, and would be planned for each batch.
create function pipeline.has_payment_partition(
    p_day date
) returns boolean
language plpgsql
stable
as $$
begin
    return exists (
        select
        from pg_class as class
        where class.relname = ('payments_' || to_char(p_day, 'YYYY_MM'))::name
            and class.relnamespace = 'partitions'::regnamespace
    );
end;
$$;

comment on function pipeline.has_payment_partition(date) is
    'Whether the monthly partition of a UTC day exists.';
