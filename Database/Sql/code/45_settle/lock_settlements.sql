-- Makes what changes settlements take turns: two settle runs, payouts, refunds and SLA checks never meet.
-- Grain: none. Reads: nothing. Called by: settle_payments, apply_payouts, check_sla, follow_moves,
-- upsert_claims, remove_generated, recompute_settlements, simulate_incorrect_settlements.
create function pipeline.lock_settlements() returns void
language sql
as $$
    select pg_advisory_xact_lock(pipeline.lock_key('settlements'));
$$;

comment on function pipeline.lock_settlements() is
    'Waits for other transactions that change settlements; held until commit.';
