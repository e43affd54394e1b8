-- Gives the planner a picture of a lane: an unlogged table that is filled and emptied all the time has
-- none, and guessing one row where there are 50,000 turns a second into minutes.
-- Grain: none. Reads: nothing. Called by: validate_payments, score_payments, each after it filled what the next statement reads.
--
-- Sessions that keep their plans (AcceptConnections) have a few payments at a time: a sample would take longer, and have them
-- planned anew.
create function pipeline.analyze_lane(
    p_table text,
    p_lane smallint
) returns void
language plpgsql
as $$
begin
    if current_setting('plan_cache_mode') <> 'force_generic_plan' then
        perform pipeline.sample_lane(p_table, p_lane);
    end if;
end;
$$;

comment on function pipeline.analyze_lane(text, smallint) is
    'Samples one lane of a staging table for the planner, unless the session keeps its plans.';
