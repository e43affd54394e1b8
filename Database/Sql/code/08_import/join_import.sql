-- Gives a received import to its run; where the run already has it, the old one's id is returned and the caller rolls back.
-- Grain: one row. Reads: ops.imports, ops.runs. Called by: ImportIntake.
create function pipeline.join_import(
    p_import_id bigint,
    p_run_id bigint,
    out joined_id bigint,
    out is_same boolean
)
language plpgsql
as $$
begin
    -- A run of kind import does one file. Others (sample data) may have several, each once.
    select
        known.import_id,
        row(coalesce(known.requested_profile, ''), known.mode, known.content_sha256)
            = row(coalesce(received.requested_profile, ''), received.mode, received.content_sha256)
    into
        joined_id,
        is_same
    from ops.imports as known
    inner join ops.runs as run
        on run.run_id = known.run_id
    inner join ops.imports as received
        on received.import_id = p_import_id
    where known.run_id = p_run_id
        and (
            run.kind = 'import'
            or (
                known.requested_profile is not distinct from received.requested_profile
                and known.content_sha256 = received.content_sha256
            )
        )
    order by known.import_id
    limit 1;

    if found then
        return;
    end if;

    update ops.imports as received
    set run_id = p_run_id
    where received.import_id = p_import_id;
    joined_id := p_import_id;
    is_same := true;
end;
$$;

comment on function pipeline.join_import(bigint, bigint) is
    'Gives a received import to its run, or finds the one that the run already has and tells whether it is of the same file.';
