-- The countable half of the features by window functions, as a peer for the pass that folds histories: what one would write
-- who wants them from SQL alone. First times, bursts, streaks and everything about frauds are left out.
-- Grain: one row (sums, so that everything is computed and nothing sent). Reads: public.payments. Called by: bench -- features.
select
    count(*) as payments,
    sum(featured.customer_count_30d)::bigint as customer_count_30d,
    sum(featured.customer_failed_24h)::bigint as customer_failed_24h,
    sum(featured.merchant_count_24h)::bigint as merchant_count_24h,
    sum(
        featured.customer_count_1h + featured.customer_count_24h + featured.customer_count_7d
        + featured.customer_failed_1h + featured.customer_small_1h + featured.merchant_count_1h
        + featured.merchant_count_7d + featured.merchant_count_30d + featured.merchant_failed_1h
        + featured.merchant_failed_24h
    )::bigint as counts,
    sum(
        featured.customer_sum_1h + featured.customer_sum_24h + featured.customer_sum_7d
        + featured.customer_sum_30d + featured.customer_mean_30d + featured.merchant_sum_1h
        + featured.merchant_sum_24h + featured.merchant_sum_7d + featured.merchant_sum_30d
    ) as sums,
    sum(
        featured.customer_deviation_1h + featured.customer_deviation_24h
        + featured.customer_deviation_7d + featured.customer_deviation_30d
        + featured.merchant_deviation_1h + featured.merchant_deviation_24h
        + featured.merchant_deviation_7d + featured.merchant_deviation_30d
    ) as deviations
from (
    select
        count(*) over customer_1h as customer_count_1h,
        count(*) over customer_24h as customer_count_24h,
        count(*) over customer_7d as customer_count_7d,
        count(*) over customer_30d as customer_count_30d,
        count(*) filter (where payment.payment_status = 'FAILED') over customer_1h
        - (payment.payment_status = 'FAILED')::int as customer_failed_1h,
        count(*) filter (where payment.payment_status = 'FAILED') over customer_24h
        - (payment.payment_status = 'FAILED')::int as customer_failed_24h,
        count(*) filter (where payment.amount <= 5) over customer_1h as customer_small_1h,
        sum(payment.amount) over customer_money_1h as customer_sum_1h,
        sum(payment.amount) over customer_money_24h as customer_sum_24h,
        sum(payment.amount) over customer_money_7d as customer_sum_7d,
        sum(payment.amount) over customer_money_30d as customer_sum_30d,
        avg(payment.amount) over customer_money_30d as customer_mean_30d,
        stddev_pop(payment.amount) over customer_money_1h as customer_deviation_1h,
        stddev_pop(payment.amount) over customer_money_24h as customer_deviation_24h,
        stddev_pop(payment.amount) over customer_money_7d as customer_deviation_7d,
        stddev_pop(payment.amount) over customer_money_30d as customer_deviation_30d,
        count(*) over merchant_1h as merchant_count_1h,
        count(*) over merchant_24h as merchant_count_24h,
        count(*) over merchant_7d as merchant_count_7d,
        count(*) over merchant_30d as merchant_count_30d,
        count(*) filter (where payment.payment_status = 'FAILED') over merchant_1h
        - (payment.payment_status = 'FAILED')::int as merchant_failed_1h,
        count(*) filter (where payment.payment_status = 'FAILED') over merchant_24h
        - (payment.payment_status = 'FAILED')::int as merchant_failed_24h,
        sum(payment.amount) over merchant_money_1h as merchant_sum_1h,
        sum(payment.amount) over merchant_money_24h as merchant_sum_24h,
        sum(payment.amount) over merchant_money_7d as merchant_sum_7d,
        sum(payment.amount) over merchant_money_30d as merchant_sum_30d,
        stddev_pop(payment.amount) over merchant_money_1h as merchant_deviation_1h,
        stddev_pop(payment.amount) over merchant_money_24h as merchant_deviation_24h,
        stddev_pop(payment.amount) over merchant_money_7d as merchant_deviation_7d,
        stddev_pop(payment.amount) over merchant_money_30d as merchant_deviation_30d
    from public.payments as payment
    window
        -- (t - w, t]: a frame has both its ends, so it is a microsecond shorter.
        customer as (partition by payment.customer_id order by payment.transaction_date),
        customer_1h as (customer range '59 minutes 59.999999 seconds' preceding),
        customer_24h as (customer range '23 hours 59 minutes 59.999999 seconds' preceding),
        customer_7d as (customer range '167 hours 59 minutes 59.999999 seconds' preceding),
        customer_30d as (customer range '719 hours 59 minutes 59.999999 seconds' preceding),
        customer_money as (
            partition by payment.customer_id, payment.currency
            order by payment.transaction_date
        ),
        customer_money_1h as (customer_money range '59 minutes 59.999999 seconds' preceding),
        customer_money_24h as (customer_money range '23 hours 59 minutes 59.999999 seconds' preceding),
        customer_money_7d as (customer_money range '167 hours 59 minutes 59.999999 seconds' preceding),
        customer_money_30d as (customer_money range '719 hours 59 minutes 59.999999 seconds' preceding),
        merchant as (partition by payment.merchant_id order by payment.transaction_date),
        merchant_1h as (merchant range '59 minutes 59.999999 seconds' preceding),
        merchant_24h as (merchant range '23 hours 59 minutes 59.999999 seconds' preceding),
        merchant_7d as (merchant range '167 hours 59 minutes 59.999999 seconds' preceding),
        merchant_30d as (merchant range '719 hours 59 minutes 59.999999 seconds' preceding),
        merchant_money as (
            partition by payment.merchant_id, payment.currency
            order by payment.transaction_date
        ),
        merchant_money_1h as (merchant_money range '59 minutes 59.999999 seconds' preceding),
        merchant_money_24h as (merchant_money range '23 hours 59 minutes 59.999999 seconds' preceding),
        merchant_money_7d as (merchant_money range '167 hours 59 minutes 59.999999 seconds' preceding),
        merchant_money_30d as (merchant_money range '719 hours 59 minutes 59.999999 seconds' preceding)
) as featured;
