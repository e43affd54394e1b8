-- Up to which processor line whole runs have looked at all: of those the ones without a counterpart are known (waiting_lines).
-- Grain: one value. Reads: reconciliation.runs. Called by: resolve_lines, find_unreported_payments.
create function pipeline.seen_lines(
    p_run_id bigint
) returns bigint
language sql
stable
parallel safe
as $$
    select coalesce(max(former.newest_line), 0)
    from reconciliation.runs as former
    where former.run_id <> p_run_id
        and not former.is_dry_run
        and former.finished_at is not null
        and coalesce(former.level, 'payment') = 'payment'
        and former.from_day is null
        and former.to_day is null;
$$;

comment on function pipeline.seen_lines(bigint) is
    'The newest processor line that a finished run over all days has looked at, this one aside; 0: none.';
