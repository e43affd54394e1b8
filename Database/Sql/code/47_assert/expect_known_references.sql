-- Whole: every payment of the run is of a known customer and a known merchant.
-- Grain: one row; none for a run without payments. Reads: public.payments, customers, merchants.
-- Called by: evaluate_assertions.
create function pipeline.expect_known_references(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with judged as (
        select
            payment.payment_id,
            customer.customer_id is not null and merchant.merchant_id is not null as holds
        from pipeline.list_run_payments(p_run_id) as payment
        -- A function's columns have the default collation; only in the ids' own one do their indexes serve.
        left join public.customers as customer
            on customer.customer_id = payment.customer_id collate "C"
        left join public.merchants as merchant
            on merchant.merchant_id = payment.merchant_id collate "C"
    )
    select
        'error' as severity,
        bool_and(judged.holds) as holds,
        concat(
            count(*) filter (where not judged.holds), ' payments of somebody unknown'
        ) as observed,
        '0 payments of somebody unknown' as expected,
        concat(
            'for example payment ', min(judged.payment_id) filter (where not judged.holds)
        ) as detail
    from judged
    having count(*) > 0;
$$;

comment on function pipeline.expect_known_references(bigint, timestamptz) is
    'Each payment of the run is of a customer and a merchant that exist.';
