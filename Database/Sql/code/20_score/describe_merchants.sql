-- What scoring needs to know of merchants.
-- Grain: one of the given merchants. Reads: public.merchants. Called by: BatchScorer, for the new payments of a file's batch.
create function pipeline.describe_merchants(
    p_merchants text[]
) returns table (
    merchant_id varchar,
    country varchar,
    business_type varchar
)
language sql
stable
parallel safe
as $$
    select
        merchant.merchant_id,
        merchant.country,
        merchant.business_type
    from unnest(p_merchants) as wanted (merchant_id)
    inner join public.merchants as merchant
        on merchant.merchant_id = wanted.merchant_id collate "C";
$$;

comment on function pipeline.describe_merchants(text[]) is
    'Country and business type of the given merchants, in no order.';
