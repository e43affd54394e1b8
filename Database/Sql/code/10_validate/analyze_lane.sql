-- Gives the planner a picture of a lane: an unlogged table that is filled and emptied all the time has
-- none, and guessing one row where there are 50,000 turns a second into minutes.
-- Grain: none. Reads: one lane of the given staging table.
-- Called by: validate_payments, score_payments, each after it filled what the next statement reads.
--
-- Owner's rights, because only an owner may analyze. A small sample is enough for counts and joins. A few payments of the
-- API (lanes from 9 on) are better guessed: finding out would take longer than a bad plan.
create function pipeline.analyze_lane(
    p_table text,
    p_lane smallint
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set default_statistics_target = 10
as $$
declare
    v_table text := p_table || '_lane_' || p_lane;
begin
    if p_lane > 8 and pg_relation_size(format('staging.%I', v_table)::regclass) < 2 * 1024 * 1024 then
        return;
    end if;
    execute format('analyze staging.%I', v_table);
end;
$$;

comment on function pipeline.analyze_lane(text, smallint) is
    'Samples one lane of a staging table for the planner.';
revoke all on function pipeline.analyze_lane(text, smallint) from public;
