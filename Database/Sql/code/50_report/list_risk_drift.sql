-- How far features and the score have drifted: what was found last, or from some day on.
-- Grain: one feature, or the score, of one measurement. Reads: ops.risk_drift, ops.risk_references. Called by: GET /api/risk/drift.
create function pipeline.list_risk_drift(
    p_subject text,
    p_stability text,
    p_from date
) returns table (
    to_day date,
    subject varchar,
    from_day date,
    stability_index numeric,
    stability varchar,
    payments bigint,
    missing_share numeric,
    reference_source varchar,
    reference_from date,
    reference_to date,
    run_id bigint,
    checked_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        drift.to_day,
        drift.subject,
        drift.from_day,
        drift.stability_index,
        drift.stability,
        drift.payments,
        drift.missing_share,
        reference.source as reference_source,
        reference.from_day as reference_from,
        reference.to_day as reference_to,
        drift.run_id,
        drift.checked_at
    from ops.risk_drift as drift
    inner join ops.risk_references as reference on reference.reference_id = drift.reference_id
    where (p_subject is null or drift.subject = p_subject)
        and (p_stability is null or drift.stability = p_stability)
        and drift.to_day >= coalesce(
            p_from,
            (select max(newest.to_day) from ops.risk_drift as newest)
        );
$$;

comment on function pipeline.list_risk_drift(text, text, date) is
    'Drift by feature, and of the score; without a day the newest measurement. Unordered: the caller orders by to_day and subject.';
