-- Fails when the run has been claimed again since this attempt: a fenced-out worker must not write.
-- Grain: none. Reads: ops.runs. Called by: every writing transaction of a run.
create function pipeline.assert_run_owner(
    p_run_id bigint,
    p_attempt int
) returns void
language plpgsql
as $$
begin
    perform 1
    from ops.runs as run
    where run.run_id = p_run_id
        and run.attempt = p_attempt
        and run.status = 'running'
    for share;
    if not found then
        raise exception 'run % is no longer attempt %''s', p_run_id, p_attempt
            using errcode = 'PR001', hint = 'Another worker has taken the run over; this one stops.';
    end if;
end;
$$;

comment on function pipeline.assert_run_owner(bigint, int) is
    'Raises PR001 unless the attempt still owns the running run; locks the row against a new claim until commit.';
