-- Falsifies a few open settlements, as a faulty change would: totals, commissions, counts; no COMPLETED one.
-- Grain: one settlement. Reads: settlements. Called by: IncorrectSettlements, where simulations are on.
create function pipeline.simulate_incorrect_settlements(
    p_count int
) returns table (
    settlement_id varchar(50),
    former_net_amount numeric(24, 3),
    net_amount numeric(24, 3)
)
language plpgsql
as $$
begin
    perform pipeline.lock_settlements();

    return query
    with chosen as (
        select
            settlement.settlement_id,
            settlement.total_amount,
            settlement.commission_amount,
            settlement.adjustment_amount,
            settlement.net_amount,
            row_number() over (order by settlement.period_start desc, settlement.settlement_id) as number
        from public.settlements as settlement
        where settlement.status = 'PENDING'
            and settlement.payment_count > 0
        order by settlement.period_start desc, settlement.settlement_id
        limit p_count
    ),
    falsified as (
        select
            chosen.settlement_id,
            chosen.net_amount as former_net_amount,
            chosen.adjustment_amount,
            -- By turns another commission, another total, and both.
            chosen.total_amount + case when chosen.number % 3 in (1, 2) then 100 else 0 end
                as total_amount,
            chosen.commission_amount + case when chosen.number % 3 in (0, 1) then 7 else 0 end
                as commission_amount
        from chosen
    )
    update public.settlements as settlement
    set
        total_amount = falsified.total_amount,
        commission_amount = falsified.commission_amount,
        net_amount = falsified.total_amount
            - falsified.commission_amount
            + falsified.adjustment_amount
    from falsified
    where settlement.settlement_id = falsified.settlement_id
    returning
        settlement.settlement_id,
        falsified.former_net_amount,
        settlement.net_amount;
end;
$$;

comment on function pipeline.simulate_incorrect_settlements(int) is
    'Falsifies the newest PENDING settlements; pipeline.recompute_settlements mends them.';
