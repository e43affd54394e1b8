-- What a settlement holds back of its total, rounded once, half away from zero, to the currency's minor digits.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, hold_reserves.
create function pipeline.reserve(
    p_total numeric,
    p_percent numeric,
    p_minor_digits int
) returns numeric
language sql
immutable
parallel safe
as $$
    select round(p_total * p_percent * 0.01, least(p_minor_digits, 3));
$$;

comment on function pipeline.reserve(numeric, numeric, int) is
    'The share of a total that is held back, in the currency''s minor digits (at most the 3 that amounts are stored with).';
