-- The month that a run archives or restores, as it was asked for.
-- Grain: at most one value. Reads: ops.runs. Called by: POST /api/archives and its restore.
create function pipeline.find_run_month(
    p_run_id bigint
) returns text
language sql
stable
parallel safe
as $$
    select run.parameters ->> 'month'
    from ops.runs as run
    where run.run_id = p_run_id;
$$;

comment on function pipeline.find_run_month(bigint) is
    'The month (YYYY-MM) in a run''s parameters; null for the nightly archive, which takes all that are due.';
