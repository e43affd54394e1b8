-- Keeps how far some days have drifted, in place of what was found about the same days before.
-- Grain: none. Reads: nothing. Called by: DriftStage.
create function pipeline.keep_drift(
    p_from_day date,
    p_to_day date,
    p_reference_id bigint,
    p_run_id bigint,
    p_checked_at timestamptz,
    p_payments bigint,
    p_drift jsonb
) returns void
language sql
as $$
    with former as (
        delete from ops.risk_drift as drift
        where drift.to_day = p_to_day
            and drift.subject not in (
                select found.subject
                from jsonb_to_recordset(p_drift) as found (subject text)
            )
    )
    insert into ops.risk_drift (
        to_day,
        subject,
        from_day,
        reference_id,
        payments,
        stability_index,
        stability,
        shares,
        missing_share,
        run_id,
        checked_at
    )
    select
        p_to_day,
        found.subject,
        p_from_day,
        p_reference_id,
        p_payments,
        found.stability_index,
        found.stability,
        array(select share::numeric from jsonb_array_elements_text(found.shares) as share),
        (found.shares ->> -1)::numeric,
        p_run_id,
        p_checked_at
    from jsonb_to_recordset(p_drift) as found (
        subject text,
        stability_index numeric,
        stability text,
        shares jsonb
    )
    on conflict on constraint risk_drift_pkey do update set
        from_day = excluded.from_day,
        reference_id = excluded.reference_id,
        payments = excluded.payments,
        stability_index = excluded.stability_index,
        stability = excluded.stability,
        shares = excluded.shares,
        missing_share = excluded.missing_share,
        run_id = excluded.run_id,
        checked_at = excluded.checked_at;
$$;

comment on function pipeline.keep_drift(date, date, bigint, bigint, timestamptz, bigint, jsonb) is
    'Keeps the drift of some days (an array of subject, stability_index, stability, shares).';
