-- Ends an import: completed, or rejected as a file.
-- Grain: one import. Reads: ops.imports. Called by: ImportStage.
create function pipeline.finish_import(
    p_run_id bigint,
    p_attempt int,
    p_import_id bigint,
    p_warnings text[],
    p_file_rejected text,
    p_file_rejected_detail text,
    p_has_cards boolean
) returns void
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.imports as import
    set
        status = case when p_file_rejected is null then 'completed' else 'rejected' end,
        warnings = p_warnings,
        file_rejected = p_file_rejected,
        file_rejected_detail = p_file_rejected_detail,
        has_cards = p_has_cards,
        finished_at = clock_timestamp()
    where import.import_id = p_import_id
        and import.status = 'running';
end;
$$;

comment on function pipeline.finish_import(bigint, int, bigint, text[], text, text, boolean) is
    'Ends an import with its warnings: completed, or rejected with the code and detail of what is wrong with the file.';
