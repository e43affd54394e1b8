-- The newest lines of processors and banks. For a run that writes, imports that are under way are waited for: their lines have
-- lower ids than later ones, and nobody would look at them again.
-- Grain: one row. Reads: reconciliation.processor_lines, bank_lines. Called by: begin_reconciliation, extend_reconciliation.
create function pipeline.newest_lines(
    p_is_dry_run boolean
) returns table (
    processor_line bigint,
    bank_line bigint
)
language plpgsql
as $$
begin
    if not p_is_dry_run then
        lock table reconciliation.processor_lines, reconciliation.bank_lines in share mode;
    end if;
    return query
    select
        coalesce((select max(line.line_id) from reconciliation.processor_lines as line), 0),
        coalesce((select max(line.bank_line_id) from reconciliation.bank_lines as line), 0);
end;
$$;

comment on function pipeline.newest_lines(boolean) is
    'Ids up to which lines of processors and banks are complete.';
