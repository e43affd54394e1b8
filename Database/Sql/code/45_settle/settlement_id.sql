-- The id of a merchant's settlement: the same period always has the same id, of at most 50 characters.
-- Grain: one value. Reads: nothing. Called by: settle_merchants, place_late_days.
create function pipeline.settlement_id(
    p_merchant_id text,
    p_currency text,
    p_period_start date
) returns text
language sql
stable
parallel safe
as $$
    select
        'STL-' || to_char(p_period_start, 'YYYYMMDD') || '-' || p_currency || '-'
        || case
            when length(p_merchant_id) <= 33 then p_merchant_id
            else md5(p_merchant_id)
        end;
$$;

comment on function pipeline.settlement_id(text, text, date) is
    'STL-day-currency-merchant; a merchant id too long for it goes in as its MD5.';
