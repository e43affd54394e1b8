-- Commission of a settlement, rounded once, half away from zero, to the currency's minor digits.
-- Multiplying by 0.01 is exact; a division by 100 could round a first time.
-- Grain: one value. Reads: nothing. Called by: settle_payments, follow_moves, check_settlements,
-- remove_generated, recompute_settlements.
create function pipeline.commission(
    p_total numeric,
    p_rate numeric,
    p_minor_digits int
) returns numeric
language sql
immutable
parallel safe
as $$
    select round(p_total * p_rate * 0.01, least(p_minor_digits, 3));
$$;

comment on function pipeline.commission(numeric, numeric, int) is
    'Commission at a rate in percent, in the currency''s minor digits (at most the 3 that amounts are stored with).';
