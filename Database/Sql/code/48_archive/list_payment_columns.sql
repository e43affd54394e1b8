-- What a payment consists of, told by the table itself: a column that is added later is archived too.
-- Grain: one column, in table order. Reads: the catalogue. Called by: ArchiveColumns, survey_month.
create function pipeline.list_payment_columns() returns table (
    column_name text,
    type_oid int,
    numeric_precision int,
    numeric_scale int
)
language sql
stable
parallel safe
as $$
    select
        field.attname::text as column_name,
        field.atttypid::int as type_oid,
        information_schema._pg_numeric_precision(field.atttypid, field.atttypmod) as numeric_precision,
        information_schema._pg_numeric_scale(field.atttypid, field.atttypmod) as numeric_scale
    from pg_catalog.pg_attribute as field
    where field.attrelid = 'public.payments'::regclass
        and field.attnum > 0
        and not field.attisdropped
    order by field.attnum;
$$;

comment on function pipeline.list_payment_columns() is
    'Columns of public.payments with their types, in table order.';
