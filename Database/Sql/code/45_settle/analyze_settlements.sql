-- Gives the planner a picture of settlements that have grown at once: autovacuum comes within a minute, and until then the
-- guess of a few rows turns the look-ups of the assertions that follow into minutes.
-- Grain: none. Reads: settlements, settlement_payments, settlement.reserves. Called by: finish_settling, after many payments.
--
-- Owner's rights, because only an owner may analyze.
create function pipeline.analyze_settlements() returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set default_statistics_target = '100'
as $$
begin
    analyze public.settlements, public.settlement_payments, settlement.reserves;
end;
$$;

comment on function pipeline.analyze_settlements() is
    'Samples the settlements, their links and reserves for the planner.';
revoke all on function pipeline.analyze_settlements() from public;
