-- The first processing day of a merchant that no settlement covers yet: terms may begin and end from then on only, so that
-- periods neither overlap nor change once they are there.
-- Grain: one value; null for a merchant without settlements. Reads: settlements. Called by: whoever writes terms.
create function pipeline.settled_until(
    p_merchant_id text
) returns date
language sql
stable
parallel safe
as $$
    select max(settlement.period_end)
    from public.settlements as settlement
    where settlement.merchant_id = p_merchant_id;
$$;

comment on function pipeline.settled_until(text) is
    'First day after the last period of a merchant''s settlements; null: there are none.';
