-- Disputes, of one payment or of a period.
-- Grain: one dispute. Reads: public.disputes, ops.batches. Called by: GET /api/disputes, GET /api/lineage/payments/{id}.
create function pipeline.list_disputes(
    p_payment_id text,
    p_status text,
    p_from date,
    p_to date
) returns table (
    dispute_id varchar,
    payment_id varchar,
    amount numeric,
    currency varchar,
    status varchar,
    reason varchar,
    dispute_date timestamptz,
    updated_at timestamptz,
    import_id bigint,
    line_number bigint
)
language sql
stable
parallel safe
as $$
    select
        dispute.dispute_id,
        dispute.payment_id,
        dispute.amount,
        dispute.currency::varchar as currency,
        dispute.dispute_status as status,
        dispute.reason,
        dispute.dispute_date,
        dispute.updated_at,
        batch.import_id,
        dispute.line_number
    from public.disputes as dispute
    left join ops.batches as batch on batch.batch_id = dispute.batch_id
    where (p_payment_id is null or dispute.payment_id = p_payment_id)
        and (p_status is null or dispute.dispute_status = p_status)
        and (p_from is null or dispute.dispute_date >= p_from::timestamp at time zone 'UTC')
        and (p_to is null or dispute.dispute_date < (p_to + 1)::timestamp at time zone 'UTC');
$$;

comment on function pipeline.list_disputes(text, text, date, date) is
    'Disputes with the import and line that brought them, by payment, status and UTC days (both included). Unordered: the caller pages by dispute_date and dispute_id.';
