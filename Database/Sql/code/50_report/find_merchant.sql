-- Whether there is such a merchant, and from when we settle it.
-- Grain: one merchant; no row for an unknown one. Reads: public.merchants.
-- Called by: what the API tells of a merchant's terms and fees.
create function pipeline.find_merchant(
    p_merchant_id text
) returns table (
    merchant_id varchar,
    commission_rate numeric,
    settles_from date
)
language sql
stable
parallel safe
as $$
    select
        merchant.merchant_id,
        merchant.commission_rate,
        merchant.settles_from
    from public.merchants as merchant
    where merchant.merchant_id = p_merchant_id;
$$;

comment on function pipeline.find_merchant(text) is
    'The merchant of this id with its rate and the day from which we settle it; no row for an unknown one.';
