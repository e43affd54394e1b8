-- The staged payments of a batch that are well-formed and whose customers and merchants are known: those that may be accepted.
-- Grain: one staged payment. Reads: staging.payments, public.customers, merchants.
-- Called by: validate_payments, list_brought_frauds, load_labels.
create function pipeline.list_well_formed(
    p_batch_id bigint,
    p_lane smallint
) returns setof staging.payments
language sql
stable
as $$
    select staged.*
    from staging.payments as staged
    inner join public.customers as customer on customer.customer_id = staged.customer_id
    inner join public.merchants as merchant on merchant.merchant_id = staged.merchant_id
    where staged.lane = p_lane
        and staged.batch_id = p_batch_id
        and staged.reasons is null;
$$;

comment on function pipeline.list_well_formed(bigint, smallint) is
    'The well-formed staged payments of a batch whose customers and merchants are known.';
