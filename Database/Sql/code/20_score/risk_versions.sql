-- The versions of rules and models that scoring has to go by.
-- Grain: one row. Reads: risk.versions. Called by: EngineSource, once a batch.
create function pipeline.risk_versions()
returns table (
    rules bigint,
    models bigint
)
language sql
stable
as $$
    select
        max(known.version) filter (where known.subject = 'rules'),
        max(known.version) filter (where known.subject = 'models')
    from risk.versions as known;
$$;

comment on function pipeline.risk_versions() is
    'The versions of rules and models that scoring has to go by.';
