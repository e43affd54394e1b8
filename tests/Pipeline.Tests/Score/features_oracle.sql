-- What the features of every stored payment are, said as plainly as SQL can: one look back a payment and a question.
-- Grain: one stored payment. Reads: public.payments, merchants, risk.labels. Called by: FeatureEqualityTests.
with payment as (
    select
        stored.*,
        merchant.country as merchant_country,
        (stored.transaction_date at time zone 'UTC')::date as paid_on
    from public.payments as stored
    inner join public.merchants as merchant on merchant.merchant_id = stored.merchant_id
),
fraud as (
    select
        label.payment_id,
        label.customer_id,
        label.merchant_id,
        label.transaction_date,
        min(label.known_at) as known_at
    from risk.labels as label
    where label.is_fraud
    group by
        label.payment_id,
        label.customer_id,
        label.merchant_id,
        label.transaction_date
)
select
    payment.payment_id,
    customer.*,
    merchant.*,
    habit.*,
    weeks.*,
    known.*,
    known_of_customer.*,
    bursts.*
from payment
cross join lateral (
    select
        count(*) filter (where past.transaction_date > payment.transaction_date - interval '1 hour') as customer_count_1h,
        count(*) filter (where past.transaction_date > payment.transaction_date - interval '24 hours') as customer_count_24h,
        count(*) filter (where past.transaction_date > payment.transaction_date - interval '7 days') as customer_count_7d,
        count(*) as customer_count_30d,
        coalesce(sum(past.amount) filter (where past.currency = payment.currency and past.transaction_date > payment.transaction_date - interval '1 hour'), 0) as customer_sum_1h,
        sum(past.amount) filter (where past.currency = payment.currency) as customer_sum_30d,
        avg(past.amount) filter (where past.currency = payment.currency and past.transaction_date > payment.transaction_date - interval '7 days') as customer_mean_7d,
        stddev_pop(past.amount) filter (where past.currency = payment.currency and past.transaction_date > payment.transaction_date - interval '24 hours') as customer_deviation_24h,
        stddev_pop(past.amount) filter (where past.currency = payment.currency) as customer_deviation_30d,
        count(*) filter (
            where past.payment_id <> payment.payment_id
                and past.payment_status = 'FAILED'
                and past.transaction_date > payment.transaction_date - interval '24 hours'
        ) as customer_failed_24h,
        count(*) filter (where past.amount <= 5 and past.transaction_date > payment.transaction_date - interval '1 hour') as customer_small_1h,
        count(*) filter (
            where past.amount >= 9000
                and past.amount < 10000
                and past.currency = payment.currency
                and past.transaction_date > payment.transaction_date - interval '24 hours'
        ) as customer_near_limit_24h
    from payment as past
    where past.customer_id = payment.customer_id
        and past.transaction_date > payment.transaction_date - interval '30 days'
        and (past.transaction_date, past.payment_id) <= (payment.transaction_date, payment.payment_id)
) as customer
cross join lateral (
    select
        count(*) filter (where past.transaction_date > payment.transaction_date - interval '1 hour') as merchant_count_1h,
        count(*) as merchant_count_24h,
        sum(past.amount) filter (where past.currency = payment.currency) as merchant_sum_24h,
        stddev_pop(past.amount) filter (where past.currency = payment.currency) as merchant_deviation_24h,
        count(*) filter (
            where past.payment_id <> payment.payment_id
                and past.payment_status = 'FAILED'
                and past.transaction_date > payment.transaction_date - interval '1 hour'
        ) as merchant_failed_1h
    from payment as past
    where past.merchant_id = payment.merchant_id
        and past.transaction_date > payment.transaction_date - interval '24 hours'
        and (past.transaction_date, past.payment_id) <= (payment.transaction_date, payment.payment_id)
) as merchant
cross join lateral (
    select
        payment.amount / nullif(avg(past.amount) filter (where past.currency = payment.currency), 0) as customer_amount_ratio,
        extract(epoch from payment.transaction_date - max(past.transaction_date)) as customer_seconds_since_previous,
        case when bool_or(past.merchant_id = payment.merchant_id) then 0 else 1 end as is_new_merchant,
        case when payment.merchant_country is not null then
            case when bool_or(past.merchant_country = payment.merchant_country) then 0 else 1 end
        end as is_new_country,
        case when payment.payment_method is not null then
            case when bool_or(past.payment_method = payment.payment_method) then 0 else 1 end
        end as is_new_method
    from payment as past
    where past.customer_id = payment.customer_id
        and past.transaction_date > payment.transaction_date - interval '30 days'
        and (past.transaction_date, past.payment_id) < (payment.transaction_date, payment.payment_id)
) as habit
cross join lateral (
    select
        count(*) filter (where past.paid_on >= payment.paid_on - 6 and is_before) as merchant_count_7d,
        count(*) filter (where past.paid_on >= payment.paid_on - 29 and is_before) as merchant_count_30d,
        sum(past.amount) filter (where past.paid_on >= payment.paid_on - 29 and is_before and past.currency = payment.currency) as merchant_sum_30d,
        stddev_pop(past.amount) filter (where past.paid_on >= payment.paid_on - 6 and is_before and past.currency = payment.currency) as merchant_deviation_7d,
        count(*) filter (where past.paid_on >= payment.paid_on - 14 and past.paid_on < payment.paid_on - 7) as merchant_matured_7d,
        count(*) filter (where past.paid_on >= payment.paid_on - 37 and past.paid_on < payment.paid_on - 7) as merchant_matured_30d
    from payment as past
    cross join lateral (
        select
            past.paid_on < payment.paid_on
            or (past.transaction_date, past.payment_id) <= (payment.transaction_date, payment.payment_id)
    ) as placed (is_before)
    where past.merchant_id = payment.merchant_id
) as weeks
cross join lateral (
    select
        count(*) filter (where fraud.known_at > payment.transaction_date - interval '1 day') as merchant_frauds_1d,
        count(*) as merchant_frauds_30d,
        extract(epoch from payment.transaction_date - max(fraud.known_at)) / 86400 as merchant_days_since_fraud,
        extract(epoch from payment.transaction_date - min(fraud.known_at)) / 86400 as merchant_days_since_first_fraud
    from fraud
    where fraud.merchant_id = payment.merchant_id
        and fraud.known_at > payment.transaction_date - interval '30 days'
        and fraud.known_at <= payment.transaction_date
        and (fraud.transaction_date, fraud.payment_id) < (payment.transaction_date, payment.payment_id)
) as known
cross join lateral (
    select count(*) as customer_frauds_30d
    from fraud
    where fraud.customer_id = payment.customer_id
        and fraud.known_at > payment.transaction_date - interval '30 days'
        and fraud.known_at <= payment.transaction_date
        and (fraud.transaction_date, fraud.payment_id) < (payment.transaction_date, payment.payment_id)
) as known_of_customer
cross join lateral (
    select
        count(*) filter (
            where held.transaction_date > payment.transaction_date - interval '24 hours'
                and held.amount > 3 * held.mean_before
                and held.mean_before > 0
        ) as customer_bursts_24h,
        count(*) filter (where held.amount > 3 * held.mean_before and held.mean_before > 0) as customer_bursts_7d,
        coalesce(
            max(held.amount / nullif(held.mean_before, 0)) filter (where held.payment_id <> payment.payment_id),
            0
        ) as customer_greatest_ratio_7d
    from (
        select
            past.payment_id,
            past.transaction_date,
            past.amount,
            (
                select avg(before.amount)
                from payment as before
                where before.customer_id = payment.customer_id
                    and before.currency = payment.currency
                    and before.transaction_date > payment.transaction_date - interval '30 days'
                    and (before.transaction_date, before.payment_id) < (past.transaction_date, past.payment_id)
            ) as mean_before
        from payment as past
        where past.customer_id = payment.customer_id
            and past.currency = payment.currency
            and past.transaction_date > payment.transaction_date - interval '7 days'
            and (past.transaction_date, past.payment_id) <= (payment.transaction_date, payment.payment_id)
    ) as held
) as bursts;
