-- The number of payments of a span in a table of their shape, and the sum of their hashes.
-- Grain: one row. Reads: the given table. Called by: survey_month, complete_restore.
create function pipeline.checksum_payments(
    p_table regclass,
    p_columns text[],
    p_from timestamptz,
    p_until timestamptz,
    out payment_count bigint,
    out checksum numeric
)
language plpgsql
stable
as $$
begin
    execute format(
        'select count(*), coalesce(sum(pipeline.row_hash(record_send(row(%s)))), 0)'
        ' from %s as payment'
        ' where payment.transaction_date >= $1 and payment.transaction_date < $2',
        (
            select string_agg(format('payment.%I', field.name), ', ' order by field.place)
            from unnest(p_columns) with ordinality as field (name, place)
        ),
        p_table
    )
    into
        payment_count,
        checksum
    using
        p_from,
        p_until;
end;
$$;

comment on function pipeline.checksum_payments(regclass, text[], timestamptz, timestamptz) is
    'Count and order-independent checksum of the payments of a span (half-open) over the given columns.';
