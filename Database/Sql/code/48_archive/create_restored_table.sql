-- Makes the table that an archived month is read into: of the shape of payments, with every index, beside them.
-- Grain: one value, the table. Reads: the catalogue. Called by: RestoreStage.
--
-- Owner's rights, because it becomes a partition of the owner's table.
create function pipeline.create_restored_table(
    p_month date
) returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table text := format('staging.%I', 'payments_' || to_char(p_month, 'YYYY_MM'));
begin
    execute format(
        'create table %s (like public.payments'
        ' including defaults including constraints including storage including indexes)',
        v_table
    );
    execute format('grant select, insert on %s to payments_worker', v_table);
    return v_table;
end;
$$;

comment on function pipeline.create_restored_table(date) is
    'Makes staging.payments_YYYY_MM, indexed like payments, and returns its name.';
revoke all on function pipeline.create_restored_table(date) from public;
