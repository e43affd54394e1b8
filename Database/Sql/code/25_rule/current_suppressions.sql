-- Which rules do not count for whom.
-- Grain: one suppression. Reads: risk.suppressions. Called by: RuleStore.
create function pipeline.current_suppressions() returns setof risk.suppressions
language sql
stable
parallel safe
as $$
    select suppression.*
    from risk.suppressions as suppression
    where suppression.removed_at is null;
$$;

comment on function pipeline.current_suppressions() is
    'Suppressions that nobody has ended; the engine judges whether they have expired. Unordered.';
