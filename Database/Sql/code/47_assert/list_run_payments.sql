-- Payments whose newest batch is one of a run.
-- Grain: one payment. Reads: public.payments, list_run_batches. Called by: the assertions about what a run loaded.
create function pipeline.list_run_payments(
    p_run_id bigint
) returns table (
    payment_id varchar,
    transaction_date timestamptz,
    payment_date date,
    customer_id varchar,
    merchant_id varchar
)
language sql
stable
parallel safe
as $$
    with own as materialized (
        select batch.batch_id
        from pipeline.list_run_batches(p_run_id) as batch
    )
    select
        payment.payment_id,
        payment.transaction_date,
        (payment.transaction_date at time zone 'UTC')::date as payment_date,
        payment.customer_id,
        payment.merchant_id
    from public.payments as payment
    where payment.batch_id >= (select min(own.batch_id) from own)
        and payment.batch_id <= (select max(own.batch_id) from own)
        -- The sum keeps the list out of the block index, which would be read once for each batch.
        and payment.batch_id + 0 in (select own.batch_id from own);
$$;

comment on function pipeline.list_run_payments(bigint) is
    'Payments that a run of at most a hundred thousand records loaded. Unordered.';
