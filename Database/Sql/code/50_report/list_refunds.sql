-- Refunds, of one payment or of a period.
-- Grain: one refund. Reads: public.refunds, ops.batches. Called by: GET /api/refunds, GET /api/lineage/payments/{id}.
create function pipeline.list_refunds(
    p_payment_id text,
    p_status text,
    p_from date,
    p_to date
) returns table (
    refund_id varchar,
    payment_id varchar,
    amount numeric,
    currency varchar,
    status varchar,
    reason varchar,
    refund_date timestamptz,
    updated_at timestamptz,
    import_id bigint,
    line_number bigint
)
language sql
stable
parallel safe
as $$
    select
        refund.refund_id,
        refund.payment_id,
        refund.amount,
        refund.currency::varchar as currency,
        refund.refund_status as status,
        refund.reason,
        refund.refund_date,
        refund.updated_at,
        batch.import_id,
        refund.line_number
    from public.refunds as refund
    left join ops.batches as batch on batch.batch_id = refund.batch_id
    where (p_payment_id is null or refund.payment_id = p_payment_id)
        and (p_status is null or refund.refund_status = p_status)
        and (p_from is null or refund.refund_date >= p_from::timestamp at time zone 'UTC')
        and (p_to is null or refund.refund_date < (p_to + 1)::timestamp at time zone 'UTC');
$$;

comment on function pipeline.list_refunds(text, text, date, date) is
    'Refunds with the import and line that brought them, by payment, status and UTC days (both included). Unordered: the caller pages by refund_date and refund_id.';
