-- Who is on the allow and block lists.
-- Grain: one entry. Reads: risk.listed_parties. Called by: RuleStore.
create function pipeline.current_listed_parties() returns setof risk.listed_parties
language sql
stable
parallel safe
as $$
    select entry.*
    from risk.listed_parties as entry
    where entry.removed_at is null;
$$;

comment on function pipeline.current_listed_parties() is
    'Entries of the lists that nobody has ended; the engine judges whether they have expired. Unordered.';
