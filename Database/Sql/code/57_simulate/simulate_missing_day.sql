-- Takes out the newest completed day of sample payments, exactly: as if its file had never come.
-- Grain: at most one row; none without sample payments. Reads: payments. Called by: MissingData, where simulations are on.
create function pipeline.simulate_missing_day(
    p_today date
) returns table (
    missing_day date,
    payments bigint,
    settlements bigint
)
language sql
as $$
    with newest as (
        select (max(payment.transaction_date) at time zone 'UTC')::date as payment_date
        from public.payments as payment
        where payment.is_generated
            and payment.transaction_date < pipeline.day_start(p_today)
    )
    select
        newest.payment_date as missing_day,
        removed.payments,
        removed.settlements
    from newest
    cross join lateral pipeline.remove_generated(newest.payment_date) as removed
    where newest.payment_date is not null;
$$;

comment on function pipeline.simulate_missing_day(date) is
    'Removes the newest day of sample payments before a day, with all that followed from it; the next ETL run makes it again.';
