-- Where the payments of a settlement came from, each as get_payment_lineage says.
-- Grain: one payment of the settlement. Reads: public.settlement_payments.
-- Called by: GET /api/lineage/settlements/{id}.
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
    select lineage.*
    from public.settlement_payments as link
    cross join lateral pipeline.get_payment_lineage(link.payment_id) as lineage
    where link.settlement_id = p_settlement_id;
$$;

comment on function pipeline.list_settlement_lineage(text) is
    'The batch, line, file, import and run of each payment of a settlement, or the archive that holds it. Unordered: the caller pages by payment_id.';
