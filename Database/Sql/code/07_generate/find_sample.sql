-- Which part of the sample data is in the store already, told by its last records.
-- Files are loaded in their order and batch by batch, so the last record of a file or a day is there only with all before it.
-- Grain: one row. Reads: customers, merchants, payment_keys. Called by: GenerateStage.
create function pipeline.find_sample(
    p_last_customer_id text,
    p_last_merchant_id text,
    p_last_payment_ids text[]
) returns table (
    has_customers boolean,
    has_merchants boolean,
    payment_ids text[]
)
language sql
stable
as $$
    select
        exists (
            select
            from public.customers as customer
            where customer.customer_id = p_last_customer_id
                and customer.is_generated
        ) as has_customers,
        exists (
            select
            from public.merchants as merchant
            where merchant.merchant_id = p_last_merchant_id
                and merchant.is_generated
        ) as has_merchants,
        array(
            select key.payment_id::text
            from public.payment_keys as key
            where key.payment_id = any (p_last_payment_ids)
        ) as payment_ids;
$$;

comment on function pipeline.find_sample(text, text, text[]) is
    'Whether the last customer and merchant are there, and which of the days'' last payments.';
