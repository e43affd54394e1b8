-- Takes payments that came over the API into a lane, validates them, and tells what scoring needs to know of those that are accepted.
-- Grain: one row of the batch itself (record number 0), one per refused payment (with its reasons), one per accepted payment.
-- Reads: what validate_payments and list_accepted_payments read. Called by: AcceptedBatch, first of the two calls of its transaction.
create function pipeline.receive_payments(
    p_header text[],
    p_record_numbers bigint[],
    p_line_numbers bigint[],
    p_payment_ids text[],
    p_customer_ids text[],
    p_merchant_ids text[],
    p_amounts numeric[],
    p_currencies text[],
    p_payment_methods text[],
    p_payment_statuses text[],
    p_transaction_dates timestamptz[],
    p_processing_times int[],
    p_failure_reasons text[],
    p_content_hashes uuid[],
    p_reasons text[]
) returns table (
    lane smallint,
    batch_id bigint,
    record_number bigint,
    reasons text,
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    amount numeric,
    currency varchar,
    payment_method varchar,
    payment_status varchar,
    transaction_date timestamptz,
    customer_country varchar,
    customer_risk varchar,
    credit_score int,
    merchant_country varchar,
    business_type varchar
)
language plpgsql
as $$
declare
    v_lane smallint;
    v_batch_id bigint;
begin
    select
        opened.lane,
        opened.batch_id
    into
        v_lane,
        v_batch_id
    from pipeline.open_payments() as opened;
    lane := v_lane;
    batch_id := v_batch_id;
    record_number := 0;
    return next;

    insert into staging.payments_live (
        lane,
        batch_id,
        record_number,
        line_number,
        payment_id,
        customer_id,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        failure_reason,
        content_hash,
        reasons
    )
    select
        v_lane,
        v_batch_id,
        given.record_number,
        given.line_number,
        given.payment_id,
        given.customer_id,
        given.merchant_id,
        given.amount,
        given.currency,
        given.payment_method,
        given.payment_status,
        given.transaction_date,
        given.processing_time_seconds,
        given.failure_reason,
        given.content_hash,
        string_to_array(given.reasons, ' ')
    from unnest(
        p_record_numbers,
        p_line_numbers,
        p_payment_ids,
        p_customer_ids,
        p_merchant_ids,
        p_amounts,
        p_currencies,
        p_payment_methods,
        p_payment_statuses,
        p_transaction_dates,
        p_processing_times,
        p_failure_reasons,
        p_content_hashes,
        p_reasons
    ) as given (
        record_number,
        line_number,
        payment_id,
        customer_id,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        failure_reason,
        content_hash,
        reasons
    );

    return query
        select
            v_lane,
            v_batch_id,
            refused.record_number,
            array_to_string(refused.reasons, ' '),
            null::varchar,
            null::varchar,
            null::varchar,
            null::numeric,
            null::varchar,
            null::varchar,
            null::varchar,
            null::timestamptz,
            null::varchar,
            null::varchar,
            null::int,
            null::varchar,
            null::varchar
        from pipeline.validate_payments(v_batch_id, v_lane, p_header, false) as refused
        where refused.reasons is not null;

    return query
        select
            v_lane,
            v_batch_id,
            accepted.record_number,
            null::text,
            accepted.payment_id,
            accepted.customer_id,
            accepted.merchant_id,
            accepted.amount,
            accepted.currency,
            accepted.payment_method,
            accepted.payment_status,
            accepted.transaction_date,
            accepted.customer_country,
            accepted.customer_risk,
            accepted.credit_score,
            accepted.merchant_country,
            accepted.business_type
        from pipeline.list_accepted_payments(v_batch_id, v_lane) as accepted;
end;
$$;

comment on function pipeline.receive_payments(
    text[], bigint[], bigint[], text[], text[], text[], numeric[], text[], text[], text[], timestamptz[], int[], text[], uuid[], text[]
) is
    'Stages and validates payments of the API in one call: the batch (record number 0), the refused with their reasons, the accepted with what scoring needs.';
