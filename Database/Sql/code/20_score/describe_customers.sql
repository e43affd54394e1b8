-- What scoring needs to know of customers.
-- Grain: one of the given customers. Reads: public.customers. Called by: BatchScorer, for the new payments of a file's batch.
create function pipeline.describe_customers(
    p_customers text[]
) returns table (
    customer_id varchar,
    country varchar,
    risk_category varchar,
    credit_score int
)
language sql
stable
parallel safe
as $$
    select
        customer.customer_id,
        customer.country,
        customer.risk_category,
        customer.credit_score
    from unnest(p_customers) as wanted (customer_id)
    inner join public.customers as customer
        on customer.customer_id = wanted.customer_id collate "C";
$$;

comment on function pipeline.describe_customers(text[]) is
    'Country, risk category and credit score of the given customers, in no order.';
