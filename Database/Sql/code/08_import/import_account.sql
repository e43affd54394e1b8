-- The account of an import as it stands.
-- Grain: one import. Reads: ops.imports. Called by: ImportStage.
create function pipeline.import_account(
    p_import_id bigint
) returns table (
    status varchar,
    records_read bigint,
    records_accepted bigint,
    records_duplicate bigint,
    records_rejected bigint,
    file_rejected varchar
)
language sql
stable
parallel safe
as $$
    select
        import.status,
        import.records_read,
        import.records_accepted,
        import.records_duplicate,
        import.records_rejected,
        import.file_rejected
    from ops.imports as import
    where import.import_id = p_import_id;
$$;

comment on function pipeline.import_account(bigint) is
    'The account of an import: read = accepted + duplicate + rejected.';
