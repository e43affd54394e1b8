-- Whether a run was asked for with just these parameters.
-- Grain: at most one value. Reads: ops.runs. Called by: POST /api/risk/rescore.
create function pipeline.has_run_parameters(
    p_run_id bigint,
    p_parameters jsonb
) returns boolean
language sql
stable
parallel safe
as $$
    select run.parameters = p_parameters
    from ops.runs as run
    where run.run_id = p_run_id;
$$;

comment on function pipeline.has_run_parameters(bigint, jsonb) is
    'Whether a run does what somebody asks for: one run of a kind is active at a time, and requests join it.';
