-- Gives a received import to its run; where the run already has it, the new row goes and the old one's id is returned.
-- Grain: one import. Reads: ops.imports, ops.runs. Called by: ImportIntake.
create function pipeline.join_import(
    p_import_id bigint,
    p_run_id bigint
) returns bigint
language plpgsql
as $$
declare
    v_known_id bigint;
begin
    -- A run of kind import does one file. Others (sample data) may have several, each once.
    select known.import_id
    into v_known_id
    from ops.imports as known
    inner join ops.runs as run
        on run.run_id = known.run_id
    inner join ops.imports as received
        on received.import_id = p_import_id
    where known.run_id = p_run_id
        and (
            run.kind = 'import'
            or (
                known.profile = received.profile
                and known.content_sha256 = received.content_sha256
            )
        )
    order by known.import_id
    limit 1;

    if found then
        delete from ops.imports as received
        where received.import_id = p_import_id;
        return v_known_id;
    end if;

    update ops.imports as received
    set run_id = p_run_id
    where received.import_id = p_import_id;
    return p_import_id;
end;
$$;

comment on function pipeline.join_import(bigint, bigint) is
    'Gives a received import to its run, or finds the one that the run already has.';
