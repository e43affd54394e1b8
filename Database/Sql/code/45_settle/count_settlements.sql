-- How many settlements there are for the days from one on.
-- Grain: one value. Reads: settlements. Called by: SettleStage.
create function pipeline.count_settlements(
    p_from date
) returns bigint
language sql
stable
parallel safe
as $$
    select count(*)
    from public.settlements as settlement
    where settlement.period_start >= p_from;
$$;

comment on function pipeline.count_settlements(date) is 'Settlements whose period begins on a UTC day or later.';
