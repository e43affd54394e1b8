-- Gives the planner a picture of a lane: an unlogged table that is filled and emptied all the time has
-- none, and guessing one row where there are 50,000 turns a second into minutes.
-- Grain: none. Reads: one lane of the given staging table; all of it where it has no lanes (null).
-- Called by: validate_payments, validate_customers and validate_merchants, before the next statement reads what was filled.
--
-- Owner's rights, because only an owner may analyze. A small sample is enough for counts and joins. Sessions that
-- keep their plans do without (keeps_plans).
create function pipeline.sample_lane(
    p_table text,
    p_lane smallint
) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set default_statistics_target = 10
as $$
begin
    -- The API's lanes share a partition; who samples it just now does so for all.
    execute format(
        'analyze (skip_locked) staging.%I',
        case
            when p_lane is null then p_table
            when p_lane > 8 then p_table || '_live'
            else p_table || '_lane_' || p_lane
        end
    );
end;
$$;

comment on function pipeline.sample_lane(text, smallint) is
    'Samples one lane of a staging table for the planner, or all of a table without lanes.';
revoke all on function pipeline.sample_lane(text, smallint) from public;
