-- Writes why a few payments were scored as they were.
-- Grain: none (one row of risk.assessments per given payment). Reads: nothing. Called by: AssessmentRows, for payments of the API;
-- those of files are copied.
create function pipeline.write_assessments(
    p_batch_id bigint,
    p_rules_version bigint,
    p_models_version bigint,
    p_payment_ids text[],
    p_transaction_dates timestamptz[],
    p_customer_ids text[],
    p_merchant_ids text[],
    p_amounts numeric[],
    p_currencies text[],
    p_scores double precision[],
    p_decisions text[],
    p_flags boolean[],
    p_rule_scores double precision[],
    p_anomaly_scores double precision[],
    p_fraud_probabilities double precision[],
    p_reasons text[]
) returns void
language plpgsql
as $$
begin
    insert into risk.assessments (
        payment_id,
        transaction_date,
        customer_id,
        merchant_id,
        amount,
        currency,
        score,
        decision,
        is_flagged,
        rule_score,
        anomaly_score,
        fraud_probability,
        reasons,
        rules_version,
        models_version,
        batch_id
    )
    select
        given.payment_id,
        given.transaction_date,
        given.customer_id,
        given.merchant_id,
        given.amount,
        given.currency,
        given.score,
        given.decision,
        given.is_flagged,
        given.rule_score,
        given.anomaly_score,
        given.fraud_probability,
        given.reasons::jsonb,
        p_rules_version,
        p_models_version,
        p_batch_id
    from unnest(
        p_payment_ids,
        p_transaction_dates,
        p_customer_ids,
        p_merchant_ids,
        p_amounts,
        p_currencies,
        p_scores,
        p_decisions,
        p_flags,
        p_rule_scores,
        p_anomaly_scores,
        p_fraud_probabilities,
        p_reasons
    ) as given (
        payment_id,
        transaction_date,
        customer_id,
        merchant_id,
        amount,
        currency,
        score,
        decision,
        is_flagged,
        rule_score,
        anomaly_score,
        fraud_probability,
        reasons
    );
end;
$$;

comment on function pipeline.write_assessments(
    bigint, bigint, bigint, text[], timestamptz[], text[], text[], numeric[], text[], double precision[], text[], boolean[], double precision[],
    double precision[], double precision[], text[]
) is
    'Writes the assessments of a few payments of a batch.';
