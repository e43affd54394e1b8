-- Puts the scores of a batch to its accepted payments, which are then ready to be loaded.
-- Grain: one value, the scored payments. Reads: staging.payments.
-- Called by: LoadStage and store_payments, with what the engine says of accepted payments: record, score and flag, and the country that it
-- knows their customers by (null or blank: none), which customers keep until the batch is counted (validate_payments).
create function pipeline.score_payments(
    p_batch_id bigint,
    p_lane smallint,
    p_records bigint[],
    p_scores numeric[],
    p_flags boolean[],
    p_countries text[]
) returns staging.scored_payment[]
language plpgsql
stable
as $$
declare
    v_payments staging.scored_payment[];
begin
    v_payments := array(
        select row(
            (accepted.transaction_date at time zone 'UTC')::date,
            accepted.payment_id,
            accepted.customer_id,
            coalesce(given.country, ''),
            accepted.merchant_id,
            accepted.amount,
            accepted.currency,
            accepted.payment_method,
            accepted.payment_status,
            accepted.transaction_date,
            accepted.processing_time_seconds,
            accepted.failure_reason,
            given.score,
            given.is_flagged,
            accepted.line_number
        )::staging.scored_payment
        from unnest(p_records, p_scores, p_flags, p_countries)
            as given (record_number, score, is_flagged, country)
        inner join staging.payments as accepted
            on accepted.record_number = given.record_number
        where accepted.lane = p_lane
            and accepted.batch_id = p_batch_id
    );
    if cardinality(v_payments) <> cardinality(p_records) then
        raise exception 'of % payments of batch %, % were scored',
            cardinality(p_records), p_batch_id, cardinality(v_payments);
    end if;
    return v_payments;
end;
$$;

comment on function pipeline.score_payments(bigint, smallint, bigint[], numeric[], boolean[], text[]) is
    'The given accepted payments of a staged batch with their scores and flags.';
