-- The second half of a run's advisory lock (its key and this).
-- Grain: one run. Reads: nothing. Called by: claim_run.
create function pipeline.run_lock_key(
    p_run_id bigint
) returns int
language sql
immutable
parallel safe
as $$
    select (p_run_id % 2147483647)::int;
$$;

comment on function pipeline.run_lock_key(bigint) is
    'The second half of a run''s advisory lock; runs two thousand million apart share one and only wait for each other.';
