-- Records by which profile a file is read, once it has been looked at.
-- Grain: one import. Reads: ops.imports. Called by: ImportStage, before the first batch.
create function pipeline.recognize_import(
    p_run_id bigint,
    p_attempt int,
    p_import_id bigint,
    p_profile text,
    p_profile_version int
) returns void
language plpgsql
as $$
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);

    update ops.imports as import
    set
        profile = p_profile,
        profile_version = p_profile_version
    where import.import_id = p_import_id;
end;
$$;

comment on function pipeline.recognize_import(bigint, int, bigint, text, int) is
    'Records the profile, with its version, by which an import is read.';
