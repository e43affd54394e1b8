-- Records that a stage of a run begins.
-- Grain: one step. Reads: nothing. Called by: RunStep.
create function pipeline.begin_step(
    p_run_id bigint,
    p_attempt int,
    p_step_number int,
    p_stage text
) returns void
language sql
as $$
    insert into ops.run_steps (run_id, attempt, step_number, stage, started_at)
    values (p_run_id, p_attempt, p_step_number, p_stage, clock_timestamp());
$$;

comment on function pipeline.begin_step(bigint, int, int, text) is 'Records that a stage of a run begins.';
