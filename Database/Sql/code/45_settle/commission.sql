-- Commission of a settlement, rounded once, half away from zero, to the currency's minor digits.
-- Multiplying by 0.01 is exact; a division by 100 could round a first time.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, list_settlement_figures,
-- check_commissions.
create function pipeline.commission(
    p_rated_amount numeric,
    p_rate numeric,
    p_priced_fees numeric,
    p_minor_digits int
) returns numeric
language sql
immutable
parallel safe
as $$
    select round(p_rated_amount * p_rate * 0.01 + p_priced_fees, least(p_minor_digits, 3));
$$;

comment on function pipeline.commission(numeric, numeric, numeric, int) is
    'Commission at a rate in percent of what has no fee of its own, and the exact fees of the rest, in the currency''s minor digits (at most the 3 that amounts are stored with).';
