-- Makes what matches and unmatches take turns: a step of a run and a person's change never meet.
-- Grain: none. Reads: nothing. Called by: the steps of a reconciliation, make_match, undo_match, accept_proposal.
create function pipeline.lock_reconciliation() returns void
language sql
as $$
    select pg_advisory_xact_lock(pipeline.lock_key('reconciliation'));
$$;

comment on function pipeline.lock_reconciliation() is
    'Waits for other transactions that change matches; held until commit.';
