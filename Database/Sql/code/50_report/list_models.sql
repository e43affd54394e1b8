-- Every model that was trained.
-- Grain: one model. Reads: risk.models. Called by: GET /api/models.
create function pipeline.list_models()
returns table (
    version bigint,
    kind text,
    status text,
    trained_from timestamptz,
    trained_until timestamptz,
    payments bigint,
    frauds bigint,
    metrics jsonb,
    note text,
    size_bytes bigint,
    run_id bigint,
    created_at timestamptz,
    promoted_at timestamptz,
    retired_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        model.version,
        model.kind,
        model.status,
        model.trained_from,
        model.trained_until,
        model.payments,
        model.frauds,
        model.metrics,
        model.note,
        octet_length(model.content)::bigint as size_bytes,
        model.run_id,
        model.created_at,
        model.promoted_at,
        model.retired_at
    from risk.models as model;
$$;

comment on function pipeline.list_models() is
    'Every model: what it has learned from, how it did, and whether it scores.';
