-- Asks for a run: the id of a new one, or of the run that it joins (same request key, or same kind still active).
-- Grain: one run. Reads: ops.runs. Called by: RunQueue, ImportIntake.
create function pipeline.request_run(
    p_kind text,
    p_request_key text,
    p_requested_by text,
    p_parameters jsonb,
    p_trace_parent text
) returns bigint
language plpgsql
as $$
declare
    v_run_id bigint;
begin
    loop
        insert into ops.runs (kind, request_key, requested_by, parameters, trace_parent)
        values (p_kind, p_request_key, p_requested_by, p_parameters, p_trace_parent)
        on conflict do nothing
        returning run_id into v_run_id;
        if found then
            perform pg_notify('payments_runs', v_run_id::text);
            return v_run_id;
        end if;

        select run.run_id
        into v_run_id
        from ops.runs as run
        where run.request_key = p_request_key;
        if found then
            return v_run_id;
        end if;

        select run.run_id
        into v_run_id
        from ops.runs as run
        where run.kind = p_kind
            and run.kind <> 'import'
            and run.status in ('queued', 'running');
        if found then
            return v_run_id;
        end if;
        -- The run in the way ended between the statements: ask again.
    end loop;
end;
$$;

comment on function pipeline.request_run(text, text, text, jsonb, text) is
    'Asks for a run and wakes the workers; joins the run with the same request key or the active one of its kind (imports each have their own).';
