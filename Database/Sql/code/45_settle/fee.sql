-- Exact fee of a payment: a percentage and a fixed amount, but at least the minimum. It is rounded with all the others of
-- a settlement, not before. Multiplying by 0.01 is exact; a division by 100 could round a first time.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, resolve_fees.
create function pipeline.fee(
    p_amount numeric,
    p_percent numeric,
    p_fixed_amount numeric,
    p_minimum_amount numeric
) returns numeric
language sql
immutable
parallel safe
as $$
    select greatest(p_amount * p_percent * 0.01 + p_fixed_amount, p_minimum_amount);
$$;

comment on function pipeline.fee(numeric, numeric, numeric, numeric) is
    'The greater of amount * percent / 100 + fixed and minimum, unrounded.';
