-- Recomputes PENDING settlements that are not the sums of their payments; what is right is left alone.
-- Whatever has falsified one, its payments and adjustments say what it should be. COMPLETED and FAILED ones never change.
-- Grain: one settlement that was wrong. Reads: settlements, settlement_payments, payments, settlement_adjustments,
-- merchants, currencies. Called by: RecomputeStage, apply_payouts.
create function pipeline.recompute_settlements(
    p_settlement_ids text[]
) returns table (
    settlement_id varchar(50),
    former_total_amount numeric(24, 3),
    former_net_amount numeric(24, 3),
    total_amount numeric(24, 3),
    net_amount numeric(24, 3)
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
begin
    perform pipeline.lock_settlements();

    return query
    with linked as (
        select
            link.settlement_id,
            sum(payment.amount) as total_amount,
            count(*) as payment_count
        from public.settlements as open
        inner join public.settlement_payments as link on link.settlement_id = open.settlement_id
        left join public.payments as payment
            on payment.payment_id = link.payment_id
            and payment.transaction_date = link.transaction_date
        where open.status = 'PENDING'
            and (p_settlement_ids is null or open.settlement_id = any (p_settlement_ids))
        group by link.settlement_id
        -- Of a payment that is not in the store nobody can say what it adds.
        having count(*) = count(payment.payment_id)
    ),
    carried as (
        select
            adjustment.settlement_id,
            sum(adjustment.amount) as amount
        from public.settlement_adjustments as adjustment
        where adjustment.settlement_id is not null
        group by adjustment.settlement_id
    ),
    wrong as (
        select
            settlement.settlement_id,
            settlement.total_amount as former_total_amount,
            settlement.net_amount as former_net_amount,
            linked.total_amount,
            linked.payment_count,
            coalesce(carried.amount, 0) as adjustment_amount,
            merchant.commission_rate,
            pipeline.commission(
                linked.total_amount, merchant.commission_rate, currency.minor_digits
            ) as commission_amount
        from linked
        inner join public.settlements as settlement
            on settlement.settlement_id = linked.settlement_id
        inner join public.merchants as merchant
            on merchant.merchant_id = settlement.merchant_id
        inner join public.currencies as currency
            on currency.currency = settlement.currency
        left join carried on carried.settlement_id = linked.settlement_id
        where settlement.total_amount <> linked.total_amount
            or settlement.payment_count <> linked.payment_count
            or settlement.adjustment_amount <> coalesce(carried.amount, 0)
            or settlement.commission_amount <> pipeline.commission(
                settlement.total_amount, settlement.commission_rate, currency.minor_digits
            )
    )
    update public.settlements as settlement
    set
        total_amount = wrong.total_amount,
        payment_count = wrong.payment_count,
        commission_rate = wrong.commission_rate,
        commission_amount = wrong.commission_amount,
        adjustment_amount = wrong.adjustment_amount,
        net_amount = wrong.total_amount - wrong.commission_amount + wrong.adjustment_amount,
        updated_at = now()
    from wrong
    where settlement.settlement_id = wrong.settlement_id
    returning
        settlement.settlement_id,
        wrong.former_total_amount,
        wrong.former_net_amount,
        settlement.total_amount,
        settlement.net_amount;
end;
$$;

comment on function pipeline.recompute_settlements(text[]) is
    'Recomputes the given PENDING settlements (null: all) that are not the sums of their payments and adjustments; returns what those were and are.';
