-- Clears away steps of runs, results of assertions and hourly counts of rules that are older than an instant; the runs stay.
-- Grain: one row of counts. Reads: ops.run_steps, ops.assertion_results, risk.rule_counts. Called by: SweepStage.
create function pipeline.sweep_history(
    p_before timestamptz,
    out run_steps bigint,
    out assertion_results bigint,
    out rule_counts bigint
)
language plpgsql
as $$
begin
    delete from ops.run_steps as step
    where step.started_at < p_before
        and step.status <> 'running';
    get diagnostics run_steps = row_count;

    delete from ops.assertion_results as result
    where result.checked_at < p_before;
    get diagnostics assertion_results = row_count;

    delete from risk.rule_counts as counted
    where counted.counted_hour < p_before;
    get diagnostics rule_counts = row_count;
    -- Where no API runs, nobody else does.
    perform pipeline.fold_rule_counts();
end;
$$;

comment on function pipeline.sweep_history(timestamptz) is
    'Deletes ended steps, assertion results and hourly counts of rules from before an instant; returns how many.';
