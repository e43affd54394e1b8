-- Lets a reconciliation begin once more with what files have brought while it ran: who asked meanwhile has joined it.
-- Grain: one value, whether there is something new. Reads: reconciliation.runs, newest_lines.
-- Called by: ReconcileStage.
create function pipeline.extend_reconciliation(
    p_run_id bigint
) returns boolean
language plpgsql
as $$
begin
    update reconciliation.runs as run
    set
        newest_line = newest.processor_line,
        newest_bank_line = newest.bank_line,
        buckets = 0,
        buckets_done = 0,
        steps_done = 0,
        lines_done = 0
    from pipeline.newest_lines(false) as newest
    where run.run_id = p_run_id
        and (newest.processor_line > run.newest_line or newest.bank_line > run.newest_bank_line);
    return found;
end;
$$;

comment on function pipeline.extend_reconciliation(bigint) is
    'Takes newer lines into a reconciliation and sets it back to its first step; false when there are none.';
