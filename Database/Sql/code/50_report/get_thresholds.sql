-- From which score on payments are reviewed and blocked.
-- Grain: one row. Reads: risk.thresholds. Called by: RuleStore, GET /api/risk/thresholds.
create function pipeline.get_thresholds() returns table (
    version int,
    review numeric,
    block numeric,
    author varchar,
    note varchar,
    changed_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        known.thresholds_version as version,
        known.review_score as review,
        known.block_score as block,
        known.author,
        known.note,
        known.changed_at
    from risk.thresholds as known;
$$;

comment on function pipeline.get_thresholds() is
    'The scores from which payments are reviewed and blocked, and who set them.';
