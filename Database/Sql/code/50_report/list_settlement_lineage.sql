-- Where the payments of a settlement came from.
-- Grain: one payment of the settlement. Reads: public.settlement_payments,
-- payments, ops.batches, imports, replayed_records, runs, archived_months. Called by: GET /api/lineage/settlements/{id}.
create function pipeline.list_settlement_lineage(
    p_settlement_id text
) returns table (
    payment_id varchar,
    transaction_date timestamptz,
    line_number bigint,
    batch_id bigint,
    import_id bigint,
    profile varchar,
    file_name varchar,
    content_sha256 varchar,
    received_at timestamptz,
    run_id bigint,
    run_kind varchar,
    requested_by varchar,
    requested_at timestamptz,
    settlement_id varchar,
    replays_import_id bigint,
    corrections jsonb,
    archive_file varchar,
    archive_sha256 varchar
)
language sql
stable
parallel safe
as $$
    select
        link.payment_id,
        link.transaction_date,
        payment.line_number,
        payment.batch_id,
        import.import_id,
        import.profile,
        import.file_name,
        import.content_sha256::varchar,
        import.received_at,
        run.run_id,
        run.kind as run_kind,
        run.requested_by,
        run.requested_at,
        link.settlement_id,
        import.replays_import_id,
        corrected.corrections,
        archive.file_name as archive_file,
        archive.file_sha256::varchar as archive_sha256
    from public.settlement_payments as link
    left join public.payments as payment
        on payment.payment_id = link.payment_id
        and payment.transaction_date = link.transaction_date
    left join ops.batches as batch on batch.batch_id = payment.batch_id
    left join ops.imports as import on import.import_id = batch.import_id
    left join ops.runs as run on run.run_id = batch.run_id
    left join lateral (
        -- One line may hold several records of a list; then only the import tells.
        select min(replayed.corrections::text)::jsonb as corrections
        from ops.replayed_records as replayed
        where replayed.import_id = import.import_id
            and replayed.line_number = payment.line_number
            and import.replays_import_id is not null
        having count(*) = 1
    ) as corrected on true
    left join lateral pipeline.find_archive_file(link.transaction_date) as archive
        on payment.payment_id is null
    where link.settlement_id = p_settlement_id;
$$;

comment on function pipeline.list_settlement_lineage(text) is
    'The batch, line, file, import and run of each payment of a settlement, or the archive that holds it. Unordered: the caller pages by payment_id.';
