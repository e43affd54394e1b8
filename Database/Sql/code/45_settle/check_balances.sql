-- Merchants and currencies for which settlements plus open balance are not what the payments brought.
-- Grain: one merchant and currency with a difference. Reads: payments, merchants, settlement_payments,
-- rollup.archived_settlements, settlements, settlement_adjustments, list_open_balances.
-- Called by: prove_settlements_and_balances_equal_payments, tests.
--
-- Paid and still open: net of COMPLETED settlements and list_open_balances. Brought: gross of all payments that are in a
-- settlement or due for one, less commission, less what refunds and chargebacks take back. What is held back or carried
-- on is somewhere else for a while, never gone.
create function pipeline.check_balances() returns table (
    merchant_id varchar,
    currency varchar,
    brought_amount numeric,
    paid_amount numeric,
    open_balance numeric
)
language sql
stable
parallel safe
as $$
    with part as (
        select
            payment.merchant_id,
            payment.currency::varchar as currency,
            sum(payment.amount) as brought,
            0 as paid,
            0 as open
        from public.payments as payment
        inner join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
        left join public.settlement_payments as link on link.payment_id = payment.payment_id
        where link.payment_id is not null
            or (
                payment.payment_status = 'SUCCESS'
                and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
            )
        group by
            payment.merchant_id,
            payment.currency
        union all
        select
            settlement.merchant_id,
            settlement.currency,
            sum(archived.total_amount),
            0,
            0
        from rollup.archived_settlements as archived
        inner join public.settlements as settlement
            on settlement.settlement_id = archived.settlement_id
        group by
            settlement.merchant_id,
            settlement.currency
        union all
        select
            adjustment.merchant_id,
            adjustment.currency,
            sum(adjustment.amount),
            0,
            0
        from public.settlement_adjustments as adjustment
        group by
            adjustment.merchant_id,
            adjustment.currency
        union all
        select
            settlement.merchant_id,
            settlement.currency,
            -sum(settlement.commission_amount),
            coalesce(
                sum(settlement.net_amount) filter (where settlement.settlement_date is not null), 0
            ),
            0
        from public.settlements as settlement
        group by
            settlement.merchant_id,
            settlement.currency
        union all
        select
            balance.merchant_id,
            balance.currency,
            0,
            0,
            balance.open_balance
        from pipeline.list_open_balances('infinity') as balance
    )
    select
        part.merchant_id,
        part.currency,
        sum(part.brought) as brought_amount,
        sum(part.paid) as paid_amount,
        sum(part.open) as open_balance
    from part
    group by
        part.merchant_id,
        part.currency
    having sum(part.brought) <> sum(part.paid) + sum(part.open);
$$;

comment on function pipeline.check_balances() is
    'Merchants and currencies whose paid settlements plus open balance are not payments less commission, refunds and chargebacks; no rows when all is right.';
