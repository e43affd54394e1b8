-- Records how a stage of a run ended.
-- Grain: one step. Reads: nothing. Called by: RunStep.
create function pipeline.end_step(
    p_run_id bigint,
    p_attempt int,
    p_step_number int,
    p_status text,
    p_rows_in bigint,
    p_rows_out bigint,
    p_duration_ms bigint,
    p_error text
) returns void
language sql
as $$
    update ops.run_steps as step
    set
        status = p_status,
        rows_in = p_rows_in,
        rows_out = p_rows_out,
        duration_ms = p_duration_ms,
        finished_at = clock_timestamp(),
        error = p_error
    where step.run_id = p_run_id
        and step.attempt = p_attempt
        and step.step_number = p_step_number;
$$;

comment on function pipeline.end_step(bigint, int, int, text, bigint, bigint, bigint, text) is
    'Records how a stage of a run ended: its counts, the time spent in it and its error.';
