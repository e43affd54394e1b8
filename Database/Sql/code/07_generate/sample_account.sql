-- What a run's generated files have added, over all attempts of the run.
-- Grain: one row. Reads: ops.imports. Called by: GenerateStage.
create function pipeline.sample_account(
    p_run_id bigint
) returns table (
    customers bigint,
    merchants bigint,
    payments bigint
)
language sql
stable
as $$
    select
        coalesce(sum(import.records_accepted)
            filter (where import.profile = 'generated_customers'), 0)::bigint as customers,
        coalesce(sum(import.records_accepted)
            filter (where import.profile = 'generated_merchants'), 0)::bigint as merchants,
        coalesce(sum(import.records_accepted)
            filter (where import.profile = 'generated'), 0)::bigint as payments
    from ops.imports as import
    where import.run_id = p_run_id;
$$;

comment on function pipeline.sample_account(bigint) is 'Generated customers, merchants and payments that a run has added.';
