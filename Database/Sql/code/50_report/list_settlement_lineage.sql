-- Where the payments of a settlement came from.
-- Grain: one payment of the settlement. Reads: public.settlement_payments,
-- payments, ops.batches, imports, runs. Called by: GET /api/lineage/settlements/{id}.
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
    settlement_id varchar
)
language sql
stable
parallel safe
as $$
    select
        payment.payment_id,
        payment.transaction_date,
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
        link.settlement_id
    from public.settlement_payments as link
    inner join public.payments as payment
        on payment.payment_id = link.payment_id
        and payment.transaction_date = link.transaction_date
    left join ops.batches as batch on batch.batch_id = payment.batch_id
    left join ops.imports as import on import.import_id = batch.import_id
    left join ops.runs as run on run.run_id = batch.run_id
    where link.settlement_id = p_settlement_id;
$$;

comment on function pipeline.list_settlement_lineage(text) is
    'The batch, line, file, import and run of each payment of a settlement. Unordered: the caller pages by payment_id.';
