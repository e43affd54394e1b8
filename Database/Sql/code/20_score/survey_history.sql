-- What a batch of a file must know before it goes on with what it remembers: whether others have changed the store
-- since, how much is stored from a day on, and whether it may move payments itself.
-- Grain: one row. Reads: ops.imports, ops.runs, ops.payment_history, rollup.day_totals. Called by: HistoryReader, once a batch of a file.
--
-- The first column is a number that changes with every batch of another import, every job that takes payments out, and
-- every payment that moves, whoever moved it.
create function pipeline.survey_history(
    p_batch_id bigint,
    p_from date,
    p_until date,
    out changes numeric,
    out payments_from bigint,
    out payments_behind bigint,
    out is_update boolean
)
language sql
stable
parallel safe
as $$
    select
        (
            select coalesce(sum(import.records_accepted), 0)
            from ops.imports as import
            where import.import_id is distinct from (
                select batch.import_id
                from ops.batches as batch
                where batch.batch_id = p_batch_id
            )
        ) + (
            select count(*)
            from ops.runs as run
            where run.kind not in ('import', 'etl', 'sla_check', 'assertions')
                and run.finished_at is not null
        ) + (
            select coalesce(max(move.move_id), 0)
            from ops.payment_history as move
        ),
        coalesce(sum(total.transaction_count), 0)::bigint,
        coalesce(
            sum(total.transaction_count) filter (where total.payment_date > p_until), 0
        )::bigint,
        exists (
            select
            from ops.batches as batch
            inner join ops.imports as own on own.import_id = batch.import_id
            where batch.batch_id = p_batch_id
                and own.mode = 'update'
        )
    from rollup.day_totals as total
    where total.payment_date >= p_from;
$$;

comment on function pipeline.survey_history(bigint, date, date) is
    'A number that changes whenever stored payments have changed or others have added some, the payments stored from one day on and behind another, and whether the batch is of an update.';
