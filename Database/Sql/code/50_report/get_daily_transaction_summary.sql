-- What happened on one UTC day.
-- Grain: one row, also for a day without payments.
-- Reads: rollup.day_totals, public.reporting_settings, public.currencies.
-- Called by: GET /api/reports/daily-summary, clients.
drop function if exists public.get_daily_transaction_summary(date);

create function public.get_daily_transaction_summary(p_date date) returns table (
    transaction_date date,
    total_transactions bigint,
    successful_transactions bigint,
    failed_transactions bigint,
    pending_transactions bigint,
    refunded_transactions bigint,
    total_amount numeric,
    success_rate numeric,
    avg_transaction_amount numeric,
    total_revenue numeric,
    currency varchar(3),
    other_currency_transactions bigint
)
language sql
stable
parallel safe
as $$
    with day as (
        select
            coalesce(sum(total.transaction_count), 0)::bigint as payments,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'SUCCESS'), 0)::bigint as successful,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'FAILED'), 0)::bigint as failed,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'PENDING'), 0)::bigint as pending,
            coalesce(sum(total.transaction_count)
                filter (where total.payment_status = 'REFUNDED'), 0)::bigint as refunded,
            coalesce(sum(total.transaction_count)
                filter (where total.currency = reporting.currency), 0)::bigint as reported,
            coalesce(sum(total.total_amount)
                filter (where total.currency = reporting.currency), 0) as amount,
            coalesce(sum(total.total_amount)
                filter (where total.currency = reporting.currency
                    and total.payment_status = 'SUCCESS'), 0) as revenue,
            reporting.currency as currency,
            reporting.minor_digits as minor_digits
        from public.reporting_settings as setting
        inner join public.currencies as reporting
            on reporting.currency = setting.reporting_currency
        left join rollup.day_totals as total on total.payment_date = p_date
        group by
            reporting.currency,
            reporting.minor_digits
    )
    select
        p_date,
        day.payments,
        day.successful,
        day.failed,
        day.pending,
        day.refunded,
        round(day.amount, day.minor_digits),
        round(coalesce(100.0 * day.successful / nullif(day.payments, 0), 0), 2),
        round(coalesce(day.amount / nullif(day.reported, 0), 0), day.minor_digits),
        round(day.revenue, day.minor_digits),
        day.currency::varchar(3),
        day.payments - day.reported
    from day;
$$;

comment on function public.get_daily_transaction_summary(date) is
    'Payments of a UTC day: counts and success rate (percent) over all currencies, money in the reporting currency.';
