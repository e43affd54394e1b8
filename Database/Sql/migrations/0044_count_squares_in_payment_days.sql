-- Squares of amounts join the days that payments are counted in: a second rollup, of nearly a row a payment, took a fifth of a load (docs/performance/import.md).
alter table rollup.payment_days add column amount_squares numeric(48, 6) not null default 0;
comment on column rollup.payment_days.amount_squares is 'Sum of the squares of the amounts: with count and sum it gives their deviation. Of months archived before squares were counted, 0.';

update rollup.payment_days as cell
set amount_squares = counted.amount_squares
from (
    select
        part.payment_date,
        part.merchant_id,
        part.payment_status,
        part.payment_method,
        part.currency,
        part.customer_country,
        sum(part.amount_squares) as amount_squares
    from (
        select
            (payment.transaction_date at time zone 'UTC')::date as payment_date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, '') as payment_method,
            payment.currency,
            coalesce(customer.country, '') collate "C" as customer_country,
            sum(payment.amount * payment.amount) as amount_squares
        from public.payments as payment
        left join public.customers as customer on customer.customer_id = payment.customer_id
        group by
            (payment.transaction_date at time zone 'UTC')::date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, ''),
            payment.currency,
            coalesce(customer.country, '') collate "C"
        union all
        select
            archived.payment_date,
            archived.merchant_id,
            archived.payment_status,
            archived.payment_method,
            archived.currency,
            archived.customer_country,
            archived.amount_squares
        from rollup.archived_days as archived
        where archived.amount_squares is not null
    ) as part
    group by
        part.payment_date,
        part.merchant_id,
        part.payment_status,
        part.payment_method,
        part.currency,
        part.customer_country
) as counted
where cell.payment_date = counted.payment_date
    and cell.merchant_id = counted.merchant_id
    and cell.payment_status = counted.payment_status
    and cell.payment_method = counted.payment_method
    and cell.currency = counted.currency
    and cell.customer_country = counted.customer_country;

-- A merchant's weeks are read for every payment of the API that is scored: a look-up a day took ten times as long.
create index payment_days_merchant_idx on rollup.payment_days (merchant_id, payment_date);
drop table rollup.merchant_days;
