-- SUCCESS payments of merchants that we settle which are in no settlement yet, added up.
-- Grain: one merchant and currency. Reads: ops.batches, ops.settled_merchants, payments, merchants, settlement_payments.
-- Called by: list_open_balances.
--
-- Only batches that have some are read (check_settlements proves that no other has any), and merchants of which the next
-- run settles older payments.
create function pipeline.list_unsettled_amounts() returns table (
    merchant_id varchar,
    currency varchar,
    payment_count bigint,
    total_amount numeric
)
language sql
stable
parallel safe
as $$
    select
        payment.merchant_id,
        payment.currency::varchar as currency,
        count(*) as payment_count,
        sum(payment.amount) as total_amount
    from (
        select
            payment.payment_id,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.payment_status,
            payment.transaction_date
        from ops.batches as batch
        inner join public.payments as payment on payment.batch_id = batch.batch_id
        where batch.unsettled_from is not null
        union
        select
            payment.payment_id,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.payment_status,
            payment.transaction_date
        from public.merchants as merchant
        left join ops.settled_merchants as seen on seen.merchant_id = merchant.merchant_id
        inner join public.payments as payment on payment.merchant_id = merchant.merchant_id
        where merchant.settles_from < coalesce(seen.settles_from, 'infinity')
    ) as payment
    inner join public.merchants as merchant
        on merchant.merchant_id = payment.merchant_id
        and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
    where payment.payment_status = 'SUCCESS'
        and not exists (
            select
            from public.settlement_payments as link
            where link.payment_id = payment.payment_id
        )
    group by
        payment.merchant_id,
        payment.currency;
$$;

comment on function pipeline.list_unsettled_amounts() is
    'Count and gross amount of SUCCESS payments in no settlement, per merchant that we settle and currency. Unordered.';
