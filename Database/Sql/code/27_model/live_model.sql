-- The model that scores.
-- Grain: one row, or none. Reads: risk.models.
-- Called by: ModelStore, whenever models have changed, and by the training run.
create function pipeline.live_model()
returns table (
    version bigint,
    kind text,
    content bytea
)
language sql
stable
as $$
    select
        model.version,
        model.kind,
        model.content
    from risk.models as model
    where model.status = 'live';
$$;

comment on function pipeline.live_model() is
    'The live model with its content.';
