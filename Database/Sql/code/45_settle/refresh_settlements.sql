-- Brings settlements to what their payments, adjustments and ledgers say; what is right is left alone.
-- Grain: none. Reads: list_settlement_figures.
-- Called by: recompute_settlements, follow_moves, hold_reserves, carry_balances, remove_generated; all hold lock_settlements.
create function pipeline.refresh_settlements(
    p_settlement_ids text[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
begin
    if p_settlement_ids = '{}' then
        return;
    end if;

    update public.settlements as settlement
    set
        total_amount = figure.total_amount,
        payment_count = figure.payment_count,
        priced_amount = figure.priced_amount,
        priced_fees = figure.priced_fees,
        commission_amount = figure.commission_amount,
        reserve_amount = figure.reserve_amount,
        carried_amount = figure.carried_amount,
        adjustment_amount = figure.adjustment_amount,
        net_amount = figure.net_amount,
        updated_at = now()
    from pipeline.list_settlement_figures(p_settlement_ids) as figure
    where settlement.settlement_id = figure.settlement_id
        -- Of a payment that is not in the store nobody can say what it adds.
        and figure.is_whole
        and (
            settlement.total_amount,
            settlement.payment_count,
            settlement.priced_amount,
            settlement.priced_fees,
            settlement.commission_amount,
            settlement.reserve_amount,
            settlement.carried_amount,
            settlement.adjustment_amount
        ) is distinct from (
            figure.total_amount,
            figure.payment_count,
            figure.priced_amount,
            figure.priced_fees,
            figure.commission_amount,
            figure.reserve_amount,
            figure.carried_amount,
            figure.adjustment_amount
        );
end;
$$;

comment on function pipeline.refresh_settlements(text[]) is
    'Recomputes these settlements, whatever their status, but those that hold payments which are neither in the store nor archived.';
