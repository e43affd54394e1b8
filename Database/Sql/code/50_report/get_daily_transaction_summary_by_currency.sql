-- What happened on one UTC day, in every currency.
-- Grain: one row per currency that has payments on the day.
-- Reads: rollup.day_totals, public.currencies.
-- Called by: clients.
drop function if exists public.get_daily_transaction_summary_by_currency(date);

create function public.get_daily_transaction_summary_by_currency(p_date date) returns table (
    transaction_date date,
    currency varchar(3),
    total_transactions bigint,
    successful_transactions bigint,
    failed_transactions bigint,
    pending_transactions bigint,
    refunded_transactions bigint,
    total_amount numeric,
    success_rate numeric,
    avg_transaction_amount numeric,
    total_revenue numeric
)
language sql
stable
parallel safe
as $$
    with day as (
        select
            total.currency as currency,
            sum(total.transaction_count)::bigint as payments,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'SUCCESS'), 0)::bigint as successful,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'FAILED'), 0)::bigint as failed,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'PENDING'), 0)::bigint as pending,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'REFUNDED'), 0)::bigint as refunded,
            sum(total.total_amount) as amount,
            coalesce(sum(total.total_amount)
                filter (where total.payment_status = 'SUCCESS'), 0) as revenue
        from rollup.day_totals as total
        where total.payment_date = p_date
        group by total.currency
    )
    select
        p_date,
        day.currency::varchar(3),
        day.payments,
        day.successful,
        day.failed,
        day.pending,
        day.refunded,
        round(day.amount, money.minor_digits),
        round(coalesce(100.0 * day.successful / nullif(day.payments, 0), 0), 2),
        round(coalesce(day.amount / nullif(day.payments, 0), 0), money.minor_digits),
        round(day.revenue, money.minor_digits)
    from day
    inner join public.currencies as money on money.currency = day.currency
    order by day.currency;
$$;

comment on function public.get_daily_transaction_summary_by_currency(date) is
    'Payments of a UTC day, one row per currency: counts, success rate (percent) and money in that currency.';
