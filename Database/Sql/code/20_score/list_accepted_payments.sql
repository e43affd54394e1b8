-- The accepted payments of a batch, with what scoring needs to know of their parties.
-- Grain: one accepted payment. Reads: staging.payments, staging.payment_verdicts, public.customers, public.merchants.
-- Called by: receive_payments; of files the worker knows the payments already.
create function pipeline.list_accepted_payments(
    p_batch_id bigint,
    p_lane smallint
) returns table (
    record_number bigint,
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    amount numeric,
    currency varchar,
    payment_method varchar,
    payment_status varchar,
    transaction_date timestamptz,
    customer_country varchar,
    customer_risk varchar,
    credit_score int,
    merchant_country varchar,
    business_type varchar
)
language sql
stable
parallel safe
as $$
    select
        accepted.record_number,
        accepted.payment_id,
        customer.customer_id,
        merchant.merchant_id,
        accepted.amount,
        accepted.currency::varchar,
        accepted.payment_method,
        accepted.payment_status,
        accepted.transaction_date,
        customer.country,
        customer.risk_category,
        customer.credit_score,
        merchant.country,
        merchant.business_type
    from staging.payments as accepted
    inner join public.customers as customer on customer.customer_id = accepted.customer_id
    inner join public.merchants as merchant on merchant.merchant_id = accepted.merchant_id
    where accepted.lane = p_lane
        and accepted.batch_id = p_batch_id
        and accepted.reasons is null
        and not exists (
            select
            from staging.payment_verdicts as verdict
            where verdict.lane = p_lane
                and verdict.record_number = accepted.record_number
        );
$$;

comment on function pipeline.list_accepted_payments(bigint, smallint) is
    'The accepted payments of a staged batch with their customers'' and merchants'' attributes, in no order.';
