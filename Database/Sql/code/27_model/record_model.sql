-- Keeps a trained model, as a candidate.
-- Grain: one value, its version. Reads: nothing. Called by: ModelRegistry, after training.
create function pipeline.record_model(
    p_kind text,
    p_content bytea,
    p_trained_from timestamptz,
    p_trained_until timestamptz,
    p_payments bigint,
    p_frauds bigint,
    p_metrics jsonb,
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language sql
as $$
    insert into risk.models (
        kind,
        content,
        trained_from,
        trained_until,
        payments,
        frauds,
        metrics,
        run_id,
        created_at
    )
    values (
        p_kind,
        p_content,
        p_trained_from,
        p_trained_until,
        p_payments,
        p_frauds,
        p_metrics,
        p_run_id,
        p_now
    )
    returning version;
$$;

comment on function pipeline.record_model(
    text, bytea, timestamptz, timestamptz, bigint, bigint, jsonb, bigint, timestamptz
) is
    'Keeps a trained model as a candidate and returns its version.';
