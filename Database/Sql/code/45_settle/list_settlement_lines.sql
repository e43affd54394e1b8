-- What a settlement consists of; the amounts add up to its net amount.
-- Grain: one line: sales and exact fees by payment method and fee, claims by cause, one each for the rest.
-- Reads: settlements, settlement_payments, payments, rollup.archived_settlements, settlement_adjustments,
-- settlement.reserves, settlement.carries. Called by: GET /api/settlements/{id}.
create function pipeline.list_settlement_lines(
    p_settlement_id text
) returns table (
    line_kind varchar,
    payment_method varchar,
    fee_id bigint,
    counterpart_id varchar,
    item_count bigint,
    amount numeric
)
language sql
stable
parallel safe
as $$
    with chosen as (
        select settlement.*
        from public.settlements as settlement
        where settlement.settlement_id = p_settlement_id
    ),
    linked as (
        select
            link.fee_id,
            payment.payment_id is not null as is_stored,
            payment.payment_method,
            coalesce(payment.amount, 0) as amount,
            coalesce(
                link.fee_amount,
                pipeline.fee(payment.amount, chosen.commission_rate, 0, 0),
                0
            ) as fee_amount
        from chosen
        inner join public.settlement_payments as link
            on link.settlement_id = chosen.settlement_id
        left join public.payments as payment
            on payment.payment_id = link.payment_id
            and payment.transaction_date = link.transaction_date
    ),
    line as (
        select
            'sales' as line_kind,
            linked.payment_method,
            null::bigint as fee_id,
            null as counterpart_id,
            count(*) as item_count,
            sum(linked.amount) as amount
        from linked
        where linked.is_stored
        group by linked.payment_method
        union all
        select
            'fee',
            linked.payment_method,
            linked.fee_id,
            null,
            count(*),
            -sum(linked.fee_amount)
        from linked
        where linked.is_stored
            or linked.fee_amount <> 0
        group by
            linked.payment_method,
            linked.fee_id
        union all
        -- Of archived payments totals are left, and the fees that their links say.
        select
            part.line_kind,
            null,
            null,
            null,
            archived.payment_count,
            part.amount
        from chosen
        inner join (
            select
                archived.settlement_id,
                sum(archived.payment_count)::bigint as payment_count,
                sum(archived.total_amount) as total_amount,
                sum(archived.priced_amount) as priced_amount
            from rollup.archived_settlements as archived
            group by archived.settlement_id
        ) as archived on archived.settlement_id = chosen.settlement_id
        cross join lateral (
            values
                ('archived_sales', archived.total_amount),
                (
                    'archived_fee',
                    -pipeline.fee(
                        archived.total_amount - archived.priced_amount, chosen.commission_rate, 0, 0
                    )
                )
        ) as part (line_kind, amount)
        union all
        select
            case
                when adjustment.cause in ('dispute', 'dispute_won') then 'chargeback'
                else 'refund'
            end,
            null,
            null,
            null,
            count(*),
            sum(adjustment.amount)
        from public.settlement_adjustments as adjustment
        where adjustment.settlement_id = p_settlement_id
        group by adjustment.cause in ('dispute', 'dispute_won')
        union all
        select
            'reserve_held',
            null,
            null,
            reserve.released_in,
            1,
            -reserve.amount
        from settlement.reserves as reserve
        where reserve.settlement_id = p_settlement_id
        union all
        select
            'reserve_released',
            null,
            null,
            reserve.settlement_id,
            1,
            reserve.amount
        from settlement.reserves as reserve
        where reserve.released_in = p_settlement_id
        union all
        select
            'carried_in',
            null,
            null,
            carry.settlement_id,
            1,
            carry.amount
        from settlement.carries as carry
        where carry.carried_to = p_settlement_id
        union all
        select
            'carried_out',
            null,
            null,
            carry.carried_to,
            1,
            -carry.amount
        from settlement.carries as carry
        where carry.settlement_id = p_settlement_id
    ),
    -- Fees are exact; the commission is their sum, rounded once.
    rounding as (
        select
            -chosen.commission_amount - coalesce(sum(line.amount), 0) as amount
        from chosen
        left join line on line.line_kind in ('fee', 'archived_fee')
        group by chosen.commission_amount
    )
    select
        line.line_kind::varchar,
        line.payment_method::varchar,
        line.fee_id,
        line.counterpart_id::varchar,
        line.item_count,
        line.amount
    from line
    union all
    select
        'rounding',
        null,
        null,
        null,
        1,
        rounding.amount
    from rounding
    where rounding.amount <> 0;
$$;

comment on function pipeline.list_settlement_lines(text) is
    'Sales, exact fees and their rounding, refunds, chargebacks, reserve held and released, balances carried in and out: they add up to the net amount. counterpart_id: the settlement that released, held, gave or takes it. Unordered.';
