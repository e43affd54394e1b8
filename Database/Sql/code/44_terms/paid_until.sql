-- The first processing day of a merchant, and of a currency, that nothing paid covers yet: fees may begin and end from then
-- on only, since what is paid was computed with those it had.
-- Grain: one value; null where nothing is paid. Reads: settlements. Called by: add_fee, end_fee.
create function pipeline.paid_until(
    p_merchant_id text,
    p_currency text
) returns date
language sql
stable
parallel safe
as $$
    select max(settlement.period_end)
    from public.settlements as settlement
    where settlement.merchant_id = p_merchant_id
        and settlement.status = 'COMPLETED'
        and (p_currency is null or settlement.currency = p_currency);
$$;

comment on function pipeline.paid_until(text, text) is
    'First day after the last period of a merchant''s COMPLETED settlements, of a currency or of any (null); null: there are none.';
