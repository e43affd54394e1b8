-- What merchants took in the 24 hours before a few payments: added up where all of those payments look at the same, one by one where
-- not. All are read, but a merchant with thousands of payments a day is a few rows to the reader.
-- Grain: one stored payment, or several of a merchant and currency (payment_id and payment_status null, the instant of the newest).
-- Reads: public.payments. Called by: HistoryReader, for the few payments of a call to the API.
--
-- The payments lie from p_first (each merchant's) to p_last. Stored ones from p_first on, and those that a window of 24 hours or
-- 1 hour loses on the way from p_first to p_last, stay single; the others fall into parts that every window has wholly or not at all:
-- before the hour or in it, before the UTC day of p_first or in it. Amounts in thousandths, and squares of those: whole numbers.
create function pipeline.sum_merchant_history(
    p_merchants text[],
    p_first timestamptz[],
    p_last timestamptz,
    p_from timestamptz,
    p_small numeric
) returns table (
    merchant_id varchar,
    payment_id varchar,
    transaction_date timestamptz,
    currency varchar,
    payment_status varchar,
    transaction_count bigint,
    thousandths numeric,
    squares numeric,
    failed_count bigint,
    small_count bigint
)
language sql
stable
parallel safe
as $$
    select
        part.merchant_id,
        part.payment_id,
        max(part.transaction_date),
        part.currency::varchar,
        part.payment_status,
        count(*),
        trunc(sum(part.amount) * 1000),
        trunc(sum(part.amount * part.amount) * 1000000),
        count(*) filter (where part.is_failed),
        count(*) filter (where part.amount <= p_small)
    from (
        select
            payment.merchant_id,
            payment.transaction_date,
            payment.currency,
            payment.amount,
            payment.payment_status = 'FAILED' as is_failed,
            case when seen.is_single then payment.payment_id end as payment_id,
            case when seen.is_single then payment.payment_status end as payment_status,
            payment.transaction_date > wanted.hour_before_first as is_of_hour,
            payment.transaction_date >= wanted.day_of_first as is_of_day
        from (
            select
                given.merchant_id,
                given.first,
                date_trunc('day', given.first, 'UTC') as day_of_first,
                given.first - interval '1 hour' as hour_before_first,
                given.first - interval '24 hours' as day_before_first,
                p_last - interval '1 hour' as hour_before_last,
                p_last - interval '24 hours' as day_before_last
            from unnest(p_merchants, p_first) as given (merchant_id, first)
            -- Once a merchant, not once a payment.
            offset 0
        ) as wanted
        inner join public.payments as payment
            on payment.merchant_id = wanted.merchant_id collate "C"
            and payment.transaction_date > wanted.day_before_first
        cross join lateral (
            select
                payment.transaction_date >= wanted.first
                or payment.transaction_date <= wanted.day_before_last
                or (
                    payment.transaction_date > wanted.hour_before_first
                    and payment.transaction_date <= wanted.hour_before_last
                ) as is_single
        ) as seen
        where payment.transaction_date > p_from
            and payment.transaction_date <= p_last
    ) as part
    group by
        part.merchant_id,
        part.currency,
        part.is_of_hour,
        part.is_of_day,
        part.payment_id,
        part.payment_status;
$$;

comment on function pipeline.sum_merchant_history(
    text[], timestamptz[], timestamptz, timestamptz, numeric
) is
    'Stored payments of the given merchants in the 24 hours before their payments from p_first to p_last: one by one near the ends of windows, else added up (payment_id null).';
