-- Records a received file, not yet with a run.
-- Grain: one import. Reads: nothing. Called by: ImportIntake.
create function pipeline.receive_import(
    p_profile text,
    p_mode text,
    p_file_name text,
    p_content_sha256 text,
    p_size_bytes bigint,
    p_compression text,
    p_is_generated boolean
) returns bigint
language sql
as $$
    insert into ops.imports (
        profile, requested_profile, mode, file_name, content_sha256, size_bytes, compression,
        is_generated
    )
    values (
        p_profile, p_profile, p_mode, p_file_name, p_content_sha256, p_size_bytes, p_compression,
        p_is_generated
    )
    returning import_id;
$$;

comment on function pipeline.receive_import(text, text, text, text, bigint, text, boolean) is
    'Records a received file: what it is, where the spool has it, how it is to be read. No profile: its content tells.';
