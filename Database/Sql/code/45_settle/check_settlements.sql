-- What is wrong with the settlements: nothing, unless something is broken.
-- Grain: one difference. Reads: settlements, settlement_payments, settlement_adjustments, list_due_adjustments,
-- payments, merchants, rollup.archived_settlements.
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
    archived_total as (
        select
            archived.settlement_id,
            sum(archived.total_amount) as total_amount,
            sum(archived.payment_count) as payment_count
        from rollup.archived_settlements as archived
        group by archived.settlement_id
    ),
    link_total as (
        select
            linked.settlement_id,
            sum(linked.amount) as total_amount,
            count(*) as payment_count,
            count(*) filter (where linked.is_archived) as archived_count
        from linked
        group by linked.settlement_id
    ),
    carried_total as (
        select
            adjustment.settlement_id,
            sum(adjustment.amount) as amount
        from public.settlement_adjustments as adjustment
        group by adjustment.settlement_id
    ),
    difference as (
        select
            settlement.settlement_id,
            null as payment_id,
            'total or count is not that of its payments' as difference
        from public.settlements as settlement
        left join link_total
            on link_total.settlement_id = settlement.settlement_id
        left join archived_total
            on archived_total.settlement_id = settlement.settlement_id
        where settlement.total_amount
                <> coalesce(link_total.total_amount, 0) + coalesce(archived_total.total_amount, 0)
            or settlement.payment_count <> coalesce(link_total.payment_count, 0)
            or coalesce(link_total.archived_count, 0) <> coalesce(archived_total.payment_count, 0)
        union all
        select
            settlement.settlement_id,
            null as payment_id,
            'commission is not total times rate' as difference
        from public.settlements as settlement
        inner join public.currencies as currency
            on currency.currency = settlement.currency
        where settlement.commission_amount <> pipeline.commission(
            settlement.total_amount, settlement.commission_rate, currency.minor_digits
        )
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
            settlement.settlement_id,
            null as payment_id,
            'adjustment is not that of what it carries' as difference
        from public.settlements as settlement
        left join carried_total
            on carried_total.settlement_id = settlement.settlement_id
        where settlement.adjustment_amount <> coalesce(carried_total.amount, 0)
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
