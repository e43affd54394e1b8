-- Begins a reconciliation, or goes on with it where a former attempt has come to; accounts that files name are added.
-- Grain: one row. Reads: reconciliation.runs, newest_lines, list_named_accounts.
-- Called by: ReconcileStage.
create function pipeline.begin_reconciliation(
    p_run_id bigint,
    p_is_dry_run boolean,
    p_level text,
    p_from_day date,
    p_to_day date,
    p_now timestamptz
) returns setof reconciliation.runs
language plpgsql
as $$
begin
    insert into reconciliation.runs (
        run_id,
        is_dry_run,
        level,
        from_day,
        to_day,
        as_of,
        newest_line,
        newest_bank_line,
        started_at
    )
    select
        p_run_id,
        p_is_dry_run,
        p_level,
        p_from_day,
        p_to_day,
        (p_now at time zone 'UTC')::date,
        newest.processor_line,
        newest.bank_line,
        p_now
    from pipeline.newest_lines(p_is_dry_run) as newest
    on conflict on constraint runs_pkey do nothing;

    if not p_is_dry_run then
        insert into reconciliation.accounts (processor, account, created_at, updated_at)
        select
            named.processor,
            named.account,
            p_now,
            p_now
        from pipeline.list_named_accounts() as named
        on conflict on constraint accounts_pkey do nothing;
    end if;

    return query
        select begun.*
        from reconciliation.runs as begun
        where begun.run_id = p_run_id;
end;
$$;

comment on function pipeline.begin_reconciliation(bigint, boolean, text, date, date, timestamptz) is
    'The reconciliation of a run as far as it has come; begun now where it is new.';
