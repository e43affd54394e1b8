-- Unique: every payment of the run is the one that holds its key.
-- Grain: one row; none for a run without payments. Reads: public.payments, payment_keys. Called by: evaluate_assertions.
create function pipeline.expect_unique_payments(
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
            known.payment_id is not null as holds
        from pipeline.list_run_payments(p_run_id) as payment
        left join public.payment_keys as known
            on known.payment_id = payment.payment_id
            and known.transaction_date = payment.transaction_date
    )
    select
        'error' as severity,
        bool_and(judged.holds) as holds,
        concat(count(*) filter (where not judged.holds), ' payments without their key') as observed,
        '0 payments without their key' as expected,
        concat(
            'for example payment ', min(judged.payment_id) filter (where not judged.holds)
        ) as detail
    from judged
    having count(*) > 0;
$$;

comment on function pipeline.expect_unique_payments(bigint, timestamptz) is
    'Each payment of the run holds the key of its id, so that no id is there twice.';
