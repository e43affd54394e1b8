-- What we owe merchants and have not paid yet, whatever it waits for.
-- Grain: one merchant and currency with anything open. Reads: settlements, payments, settlement_payments,
-- settlement_adjustments, settlement.reserves, settlement.carries, ops.batches.
-- Called by: GET /api/settlements/balances, prove_settlements_and_balances_equal_payments.
create function pipeline.list_open_balances(
    p_as_of date
) returns table (
    merchant_id varchar,
    currency varchar,
    unsettled_count bigint,
    unsettled_amount numeric,
    waiting_adjustments numeric,
    waiting_carries numeric,
    reserve_held numeric,
    due_amount numeric,
    upcoming_amount numeric,
    open_balance numeric
)
language sql
stable
parallel safe
as $$
    with part as (
        select
            unsettled.merchant_id,
            unsettled.currency,
            unsettled.payment_count as unsettled_count,
            unsettled.total_amount as unsettled_amount,
            0 as waiting_adjustments,
            0 as waiting_carries,
            0 as reserve_held,
            0 as due_amount,
            0 as upcoming_amount
        from pipeline.list_unsettled_amounts() as unsettled
        union all
        select
            adjustment.merchant_id,
            adjustment.currency,
            0,
            0,
            sum(adjustment.amount),
            0,
            0,
            0,
            0
        from public.settlement_adjustments as adjustment
        where adjustment.settlement_id is null
        group by
            adjustment.merchant_id,
            adjustment.currency
        union all
        select
            carry.merchant_id,
            carry.currency,
            0,
            0,
            0,
            sum(carry.amount),
            0,
            0,
            0
        from settlement.carries as carry
        where carry.carried_to is null
        group by
            carry.merchant_id,
            carry.currency
        union all
        select
            reserve.merchant_id,
            reserve.currency,
            0,
            0,
            0,
            0,
            sum(reserve.amount),
            0,
            0
        from settlement.reserves as reserve
        where reserve.released_in is null
        group by
            reserve.merchant_id,
            reserve.currency
        union all
        select
            open.merchant_id,
            open.currency,
            0,
            0,
            0,
            0,
            0,
            coalesce(
                sum(open.net_amount) filter (where open.expected_settlement_date <= p_as_of), 0
            ),
            coalesce(
                sum(open.net_amount) filter (where open.expected_settlement_date > p_as_of), 0
            )
        from public.settlements as open
        where open.settlement_date is null
        group by
            open.merchant_id,
            open.currency
    )
    select
        part.merchant_id,
        part.currency::varchar as currency,
        sum(part.unsettled_count)::bigint as unsettled_count,
        sum(part.unsettled_amount) as unsettled_amount,
        sum(part.waiting_adjustments) as waiting_adjustments,
        sum(part.waiting_carries) as waiting_carries,
        sum(part.reserve_held) as reserve_held,
        sum(part.due_amount) as due_amount,
        sum(part.upcoming_amount) as upcoming_amount,
        sum(part.unsettled_amount) + sum(part.waiting_adjustments) + sum(part.waiting_carries)
            + sum(part.reserve_held) + sum(part.due_amount) + sum(part.upcoming_amount)
            as open_balance
    from part
    group by
        part.merchant_id,
        part.currency;
$$;

comment on function pipeline.list_open_balances(date) is
    'Per merchant and currency: SUCCESS payments in no settlement (gross), adjustments and owed balances that wait for one, reserve held, net of unpaid settlements expected by the day and later, and the sum of all. Unordered.';
