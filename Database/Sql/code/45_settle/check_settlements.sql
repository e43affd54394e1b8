-- What is wrong with the settlements: nothing, unless something is broken.
-- Grain: one difference. Reads: settlements, list_settlement_figures, settlement_payments, settlement_adjustments,
-- list_due_adjustments, settlement.reserves, settlement.carries, payments, merchants.
-- Called by: find_rollup_differences, tests and operators.
create function pipeline.check_settlements() returns table (
    settlement_id varchar(50),
    payment_id varchar(50),
    difference text
)
language sql
stable
parallel safe
as $$
    with linked as (
        select
            link.settlement_id,
            link.payment_id,
            payment.payment_id is not null as is_found,
            payment.payment_id is null
                and pipeline.is_archived(link.transaction_date) as is_archived,
            payment.merchant_id,
            payment.currency,
            payment.amount,
            payment.payment_status
        from public.settlement_payments as link
        left join public.payments as payment
            on payment.payment_id = link.payment_id
                and payment.transaction_date = link.transaction_date
    ),
    figure as materialized (
        select figure.*
        from pipeline.list_settlement_figures(null) as figure
    ),
    difference as (
        select
            settlement.settlement_id,
            null as payment_id,
            wrong.difference
        from public.settlements as settlement
        inner join figure on figure.settlement_id = settlement.settlement_id
        cross join lateral (
            select 'total or count is not that of its payments' as difference
            where settlement.total_amount <> figure.total_amount
                or settlement.payment_count <> figure.payment_count
                or not figure.is_whole
            union all
            select 'fees are not those of its payments'
            where settlement.priced_amount <> figure.priced_amount
                or settlement.priced_fees <> figure.priced_fees
            union all
            select 'commission is not that of its payments'
            where settlement.commission_amount <> pipeline.commission(
                settlement.total_amount - settlement.priced_amount,
                settlement.commission_rate,
                settlement.priced_fees,
                (
                    select currency.minor_digits
                    from public.currencies as currency
                    where currency.currency = settlement.currency
                )
            )
            union all
            select 'adjustment is not that of what it carries'
            where settlement.adjustment_amount <> figure.adjustment_amount
            union all
            select 'reserve is not what it holds and releases'
            where settlement.reserve_amount <> figure.reserve_amount
            union all
            select 'balance is not what it carries in and out'
            where settlement.carried_amount <> figure.carried_amount
        ) as wrong
        union all
        select
            settlement.settlement_id,
            null,
            'merchant or currency does not exist'
        from public.settlements as settlement
        left join public.merchants as merchant on merchant.merchant_id = settlement.merchant_id
        left join public.currencies as currency on currency.currency = settlement.currency
        where merchant.merchant_id is null
            or currency.currency is null
        union all
        select
            reserve.settlement_id,
            null,
            'reserve is of no settlement, or released by none, of its merchant and currency'
        from settlement.reserves as reserve
        left join public.settlements as holder
            on holder.settlement_id = reserve.settlement_id
            and holder.merchant_id = reserve.merchant_id
            and holder.currency = reserve.currency
        left join public.settlements as releaser
            on releaser.settlement_id = reserve.released_in
            and releaser.merchant_id = reserve.merchant_id
            and releaser.currency = reserve.currency
            and releaser.period_start >= reserve.release_from
        where holder.settlement_id is null
            or (reserve.released_in is not null and releaser.settlement_id is null)
        union all
        select
            carry.settlement_id,
            null,
            'balance is carried from or to no settlement of its merchant and currency'
        from settlement.carries as carry
        left join public.settlements as giver
            on giver.settlement_id = carry.settlement_id
            and giver.merchant_id = carry.merchant_id
            and giver.currency = carry.currency
        left join public.settlements as taker
            on taker.settlement_id = carry.carried_to
            and taker.merchant_id = carry.merchant_id
            and taker.currency = carry.currency
            and taker.period_start > giver.period_start
        where giver.settlement_id is null
            or (carry.carried_to is not null and taker.settlement_id is null)
        union all
        select
            linked.settlement_id,
            linked.payment_id,
            case
                when settlement.settlement_id is null then 'settlement does not exist'
                when linked.is_found then 'payment of another merchant or currency'
                else 'payment does not exist'
            end as difference
        from linked
        left join public.settlements as settlement
            on settlement.settlement_id = linked.settlement_id
        where settlement.settlement_id is null
            or not (linked.is_found or linked.is_archived)
            or linked.merchant_id <> settlement.merchant_id
            or linked.currency <> settlement.currency
        union all
        select
            linked.settlement_id,
            linked.payment_id,
            'payment is neither SUCCESS nor REFUNDED' as difference
        from linked
        where linked.is_found
            and linked.payment_status not in ('SUCCESS', 'REFUNDED')
        union all
        select
            due.settled_in,
            due.payment_id,
            'adjustments are not what refunds and disputes take back' as difference
        from pipeline.list_due_adjustments(
            array(
                select linked.payment_id
                from linked
                where linked.payment_status = 'REFUNDED'
                union
                select refund.payment_id
                from public.refunds as refund
                union
                select dispute.payment_id
                from public.disputes as dispute
                union
                select adjustment.payment_id
                from public.settlement_adjustments as adjustment
            )
        ) as due
        union all
        select
            adjustment.settlement_id,
            adjustment.payment_id,
            'adjustment is carried by no settlement of its merchant and currency' as difference
        from public.settlement_adjustments as adjustment
        left join public.settlements as settlement
            on settlement.settlement_id = adjustment.settlement_id
            and settlement.merchant_id = adjustment.merchant_id
            and settlement.currency = adjustment.currency
        where adjustment.settlement_id is not null
            and settlement.settlement_id is null
        union all
        select
            null as settlement_id,
            payment.payment_id,
            'payment is unsettled and no longer looked for' as difference
        from public.payments as payment
        inner join public.merchants as merchant
            on merchant.merchant_id = payment.merchant_id
        inner join ops.settled_merchants as seen
            on seen.merchant_id = payment.merchant_id
        left join ops.batches as batch
            on batch.batch_id = payment.batch_id
        where payment.payment_status = 'SUCCESS'
            and payment.transaction_date >= pipeline.day_start(
                greatest(merchant.settles_from, seen.settles_from)
            )
            and (
                batch.unsettled_from is null
                or payment.transaction_date < pipeline.day_start(batch.unsettled_from)
            )
            and not exists (
                select
                from public.settlement_payments as link
                where link.payment_id = payment.payment_id
            )
    )
    select
        difference.settlement_id,
        difference.payment_id,
        difference.difference
    from difference
    order by
        difference.settlement_id,
        difference.payment_id,
        difference.difference;
$$;

comment on function pipeline.check_settlements() is
    'Differences between settlements, their links, their adjustments and the payments; no rows when all is right.';
