-- Lets a reconciliation begin once more with what files have brought while it ran: who asked meanwhile has joined it.
-- Grain: one value, whether there is something new. Reads: reconciliation.runs, processor_lines, bank_lines.
-- Called by: ReconcileStage.
create function pipeline.extend_reconciliation(
    p_run_id bigint
) returns boolean
language plpgsql
as $$
begin
    update reconciliation.runs as run
    set
        newest_line = newest.line_id,
        newest_bank_line = newest.bank_line_id,
        buckets = 0,
        buckets_done = 0,
        steps_done = 0,
        lines_done = 0
    from (
        select
            coalesce((select max(line.line_id) from reconciliation.processor_lines as line), 0)
                as line_id,
            coalesce((select max(line.bank_line_id) from reconciliation.bank_lines as line), 0)
                as bank_line_id
    ) as newest
    where run.run_id = p_run_id
        and (newest.line_id > run.newest_line or newest.bank_line_id > run.newest_bank_line);
    return found;
end;
$$;

comment on function pipeline.extend_reconciliation(bigint) is
    'Takes newer lines into a reconciliation and sets it back to its first step; false when there are none.';
