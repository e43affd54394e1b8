-- Scores the accepted payments of a batch by what their records and customers tell.
-- Grain: none (one scored row per accepted payment is written to staging.scored_payments).
-- Reads: staging.payments, staging.payment_verdicts, public.customers.
-- Called by: ScoreStage, second of the calls of a batch's transaction, maybe before the batch before it is committed.
--
-- The whole score is a small set of rules that follow from the data. Points add up and are capped at 100:
--     40  amount over 10,000: the one rule that is a flag, it sets is_suspicious
--     15  amount over 5,000, up to 10,000
--     30  the customer's risk category is HIGH, 10 when it is MEDIUM
--     25  three or more failed payments of the customer in the 24 hours before (add_failure_points)
--     10  paid in CRYPTO
--      5  at night: before 06:00 UTC
-- A score is a pure function of the record and of what the store knew before it: no chance, no
-- label, nothing that lies after it. Amounts count in the major unit of the payment's own currency.
--
-- Rows are written in the order of the key of rollup.payment_days: add_to_rollups groups neighbours.
create function pipeline.score_payments(
    p_batch_id bigint,
    p_lane smallint
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
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
        least(
            100,
            case
                when accepted.amount > 10000 then 40
                when accepted.amount > 5000 then 15
                else 0
            end
            + case customer.risk_category
                when 'HIGH' then 30
                when 'MEDIUM' then 10
                else 0
            end
            + case when accepted.payment_method = 'CRYPTO' then 10 else 0 end
            + case
                when extract(hour from accepted.transaction_date at time zone 'UTC') < 6 then 5
                else 0
            end
        ),
        accepted.amount > 10000,
        accepted.line_number
    from staging.payments as accepted
    inner join staging.payment_verdicts as verdict
        on verdict.record_number = accepted.record_number
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
    perform pipeline.analyze_lane('scored_payments', p_lane);
    return v_scored;
end;
$$;

comment on function pipeline.score_payments(bigint, smallint) is
    'Scores the accepted payments of a staged batch (0 to 100, rules in the file 20_score/score_payments.sql) by their records and customers, and returns their number.';
