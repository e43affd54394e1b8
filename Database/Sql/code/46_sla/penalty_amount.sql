-- A penalty in money, rounded once, half away from zero, to the currency's minor digits.
-- Grain: one value. Reads: nothing. Called by: check_sla, judge_sla, list_penalty_tiers.
create function pipeline.penalty_amount(
    p_basis text,
    p_units numeric,
    p_net numeric,
    p_minor_digits int
) returns numeric
language sql
immutable
parallel safe
as $$
    select round(
        case p_basis
            when 'percent' then p_units * greatest(p_net, 0) * 0.01
            when 'fixed' then p_units
            else 0
        end,
        least(p_minor_digits, 3)
    );
$$;

comment on function pipeline.penalty_amount(text, numeric, numeric, int) is
    'Units of measure_penalty as money: percent of the net amount, or the amount itself, in the currency''s minor digits.';
