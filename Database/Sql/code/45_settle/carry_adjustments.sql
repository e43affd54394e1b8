-- Puts waiting adjustments into an open settlement of their merchant and currency, each once.
-- That is the settlement that holds the payment while it is PENDING, else the earliest PENDING one of a later period;
-- without one the adjustment waits. What a settlement carries stays with it when it is paid.
-- Grain: one value, the adjustments carried. Reads: settlement_adjustments, settlements.
-- Called by: adjust_payments, remove_generated; both hold lock_settlements.
create function pipeline.carry_adjustments() returns bigint
language plpgsql
as $$
declare
    v_carried bigint;
begin
    with carried as (
        update public.settlement_adjustments as adjustment
        set
            settlement_id = placed.settlement_id,
            carried_at = now()
        from (
            select
                waiting.adjustment_id,
                next_open.settlement_id
            from public.settlement_adjustments as waiting
            inner join public.settlements as origin on origin.settlement_id = waiting.settled_in
            cross join lateral (
                select open.settlement_id
                from public.settlements as open
                where open.merchant_id = waiting.merchant_id
                    and open.currency = waiting.currency
                    and open.period_start >= origin.period_start
                    and open.status = 'PENDING'
                order by open.period_start
                limit 1
            ) as next_open
            where waiting.settlement_id is null
        ) as placed
        where placed.adjustment_id = adjustment.adjustment_id
        returning
            adjustment.settlement_id,
            adjustment.amount
    ),
    carrier as (
        select
            carried.settlement_id,
            sum(carried.amount) as amount,
            count(*) as adjustments
        from carried
        group by carried.settlement_id
    ),
    adjusted as (
        update public.settlements as settlement
        set
            adjustment_amount = settlement.adjustment_amount + carrier.amount,
            net_amount = settlement.net_amount + carrier.amount,
            updated_at = now()
        from carrier
        where settlement.settlement_id = carrier.settlement_id
        returning carrier.adjustments
    )
    select coalesce(sum(adjusted.adjustments), 0)
    into v_carried
    from adjusted;
    return v_carried;
end;
$$;

comment on function pipeline.carry_adjustments() is
    'Gives waiting adjustments to an open settlement of their merchant and currency; returns how many.';
