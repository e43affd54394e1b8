-- Puts the scores of a batch to its accepted payments, which are then ready to be loaded.
-- Grain: none (one scored row per accepted payment is written to staging.scored_payments).
-- Reads: staging.payments, staging.payment_verdicts, public.customers.
-- Called by: BatchScorer, with what the engine says: record, score and flag of every accepted payment.
--
-- Rows are written in the order of the key of rollup.payment_days: add_to_rollups groups neighbours.
create function pipeline.score_payments(
    p_batch_id bigint,
    p_lane smallint,
    p_records bigint[],
    p_scores numeric[],
    p_flags boolean[]
) returns bigint
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
declare
    v_scored bigint;
begin
    insert into staging.scored_payments (
        lane,
        payment_date,
        payment_id,
        customer_id,
        customer_country,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        failure_reason,
        risk_score,
        is_suspicious,
        line_number
    )
    select
        p_lane,
        (accepted.transaction_date at time zone 'UTC')::date,
        accepted.payment_id,
        accepted.customer_id,
        coalesce(customer.country, ''),
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
    from staging.payments as accepted
    inner join staging.payment_verdicts as verdict
        on verdict.record_number = accepted.record_number
    inner join unnest(p_records, p_scores, p_flags) as given (record_number, score, is_flagged)
        on given.record_number = accepted.record_number
    inner join public.customers as customer on customer.customer_id = accepted.customer_id
    where accepted.lane = p_lane
        and accepted.batch_id = p_batch_id
        and verdict.lane = p_lane
        and not verdict.is_duplicate
    order by
        (accepted.transaction_date at time zone 'UTC')::date,
        accepted.merchant_id,
        accepted.payment_status,
        coalesce(accepted.payment_method, ''),
        accepted.currency,
        coalesce(customer.country, '') collate "C";
    get diagnostics v_scored = row_count;
    if not pipeline.keeps_plans() then
        perform pipeline.sample_lane('scored_payments', p_lane);
    end if;
    return v_scored;
end;
$$;

comment on function pipeline.score_payments(bigint, smallint, bigint[], numeric[], boolean[]) is
    'Writes the accepted payments of a staged batch with their scores and flags to staging.scored_payments, and returns their number.';
