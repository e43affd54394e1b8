-- Keeps a reference window with the bins of each feature and of the score.
-- Grain: one value, its id. Reads: nothing. Called by: DriftStage.
--
-- Numbers come as text, so that none loses a digit: a bin's edge is a value that many payments have.
create function pipeline.add_reference(
    p_source text,
    p_from_day date,
    p_to_day date,
    p_models_version bigint,
    p_payments bigint,
    p_sampled bigint,
    p_bins jsonb
) returns bigint
language sql
as $$
    with reference as (
        insert into ops.risk_references (
            models_version,
            source,
            from_day,
            to_day,
            payments,
            sampled
        )
        values (p_models_version, p_source, p_from_day, p_to_day, p_payments, p_sampled)
        returning risk_references.reference_id
    ),
    kept as (
        insert into ops.risk_reference_bins (reference_id, subject, edges, shares)
        select
            reference.reference_id,
            bin.subject,
            array(select edge::numeric from jsonb_array_elements_text(bin.edges) as edge),
            array(select share::numeric from jsonb_array_elements_text(bin.shares) as share)
        from reference
        cross join jsonb_to_recordset(p_bins) as bin (subject text, edges jsonb, shares jsonb)
    )
    select reference.reference_id
    from reference;
$$;

comment on function pipeline.add_reference(text, date, date, bigint, bigint, bigint, jsonb) is
    'Keeps a reference window (bins: an array of subject, edges, shares) and returns its id.';
