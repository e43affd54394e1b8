-- The newest reference: the window that later payments are held against.
-- Grain: at most one row. Reads: ops.risk_references. Called by: DriftStage.
create function pipeline.find_reference() returns table (
    reference_id bigint,
    source varchar,
    from_day date,
    to_day date,
    models_version bigint
)
language sql
stable
parallel safe
as $$
    select
        reference.reference_id,
        reference.source,
        reference.from_day,
        reference.to_day,
        reference.models_version
    from ops.risk_references as reference
    order by reference.reference_id desc
    limit 1;
$$;

comment on function pipeline.find_reference() is
    'The reference window that counts; none before the first was taken.';
