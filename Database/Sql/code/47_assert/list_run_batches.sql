-- Batches of payments that a run has loaded; none where there are too many payments to look at after each run.
-- Grain: one batch. Reads: ops.imports, ops.batches. Called by: list_run_payments.
--
-- Over a hundred thousand records a run is a backfill, and reading it again would slow it: the nightly proof does that.
create function pipeline.list_run_batches(
    p_run_id bigint
) returns table (batch_id bigint)
language sql
stable
parallel safe
as $$
    with loaded as (
        select
            batch.batch_id,
            sum(batch.record_count) over () as run_records
        from ops.imports as import
        inner join ops.batches as batch on batch.import_id = import.import_id
        where import.run_id = p_run_id
            and batch.lane is not null
            and batch.loaded_at is not null
    )
    select loaded.batch_id
    from loaded
    where loaded.run_records <= 100000;
$$;

comment on function pipeline.list_run_batches(bigint) is
    'Batches of payments of a run that loaded at most a hundred thousand records; none of a larger one.';
