-- Complete: every record of the run's files is accounted for, in the account, its batches and quarantine alike.
-- Grain: one row; none for a run without imports. Reads: ops.imports, batches, quarantine. Called by: evaluate_assertions.
create function pipeline.expect_complete_imports(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with account as (
        select
            import.import_id,
            import.records_read,
            import.records_accepted
                + import.records_duplicate
                + import.records_rejected as records_told,
            import.records_rejected,
            (
                select coalesce(sum(batch.record_count), 0)
                from ops.batches as batch
                where batch.import_id = import.import_id
                    and batch.loaded_at is not null
            ) as records_in_batches,
            (
                select count(*)
                from ops.quarantine as refused
                where refused.import_id = import.import_id
            ) as records_in_quarantine,
            (
                select coalesce(sum(counted.records::bigint), 0)
                from jsonb_each_text(import.by_reason) as counted (reason, records)
            ) as records_by_reason
        from ops.imports as import
        where import.run_id = p_run_id
    ),
    judged as (
        select
            account.*,
            account.records_read = account.records_told
                and account.records_read = account.records_in_batches
                and account.records_rejected = account.records_in_quarantine
                and account.records_rejected = account.records_by_reason as holds
        from account
    )
    select
        'error' as severity,
        bool_and(judged.holds) as holds,
        concat(count(*) filter (where not judged.holds), ' imports with another sum') as observed,
        '0 imports with another sum' as expected,
        string_agg(
            format(
                'import %s: read %s, told %s, in batches %s; '
                    'rejected %s, in quarantine %s, by reason %s',
                judged.import_id,
                judged.records_read,
                judged.records_told,
                judged.records_in_batches,
                judged.records_rejected,
                judged.records_in_quarantine,
                judged.records_by_reason
            ),
            '; '
            order by judged.import_id
        ) filter (where not judged.holds) as detail
    from judged
    having count(*) > 0;
$$;

comment on function pipeline.expect_complete_imports(bigint, timestamptz) is
    'Read = accepted + duplicates + rejected = what the batches hold, and the rejected are in quarantine, for every import of the run.';
