-- Whether this session keeps its plans (AcceptConnections): it then has a few payments at a time, for which a sample of a lane
-- (sample_lane) would take longer than it helps, and have them planned anew.
-- Grain: one value. Reads: nothing. Called by: validate_payments.
create function pipeline.keeps_plans() returns boolean
language sql
stable
as $$
    select current_setting('plan_cache_mode') = 'force_generic_plan';
$$;

comment on function pipeline.keeps_plans() is
    'Whether the session keeps generic plans, as those do that have a few payments at a time.';
