-- Recomputes PENDING settlements that are not what their payments and the fees of their days say; what is right is left alone.
-- Whatever has falsified one, its payments and adjustments say what it should be. COMPLETED and FAILED ones never change.
-- Grain: one settlement that was wrong. Reads: settlements, resolve_fees, list_settlement_figures, list_rate_spans.
-- Called by: RecomputeStage, complete_settlements, apply_payouts.
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
declare
    v_pending text[];
    v_rates bigint;
    v_fees bigint;
    v_merchants text[];
begin
    perform pipeline.lock_settlements();

    -- A list that the planner knows is hashed; as a query within the next statement each row would search all of it.
    v_pending := array(
        select pending.settlement_id
        from public.settlements as pending
        where pending.status = 'PENDING'
            and (p_settlement_ids is null or pending.settlement_id = any (p_settlement_ids))
    );
    create temporary table temp_recomputing on commit drop as
    select
        open.*,
        (
            open.total_amount,
            open.payment_count,
            open.priced_amount,
            open.priced_fees,
            open.commission_amount,
            open.reserve_amount,
            open.carried_amount,
            open.adjustment_amount
        ) is distinct from (
            figure.total_amount,
            figure.payment_count,
            figure.priced_amount,
            figure.priced_fees,
            figure.commission_amount,
            figure.reserve_amount,
            figure.carried_amount,
            figure.adjustment_amount
        ) as is_wrong
    from public.settlements as open
    inner join pipeline.list_settlement_figures(v_pending) as figure
        on figure.settlement_id = open.settlement_id
    -- Of a payment that is not in the store nobody can say what it adds, and of an archived one not what it costs.
    where figure.is_whole;
    v_pending := array(
        select open.settlement_id
        from temp_recomputing as open
    );

    v_merchants := array(
        select distinct open.merchant_id
        from temp_recomputing as open
    );
    update public.settlements as settlement
    set commission_rate = rate.commission_rate
    from temp_recomputing as open
    inner join pipeline.list_rate_spans(v_merchants) as rate
        on rate.merchant_id = open.merchant_id
        and open.period_start >= rate.valid_from
        and open.period_start < rate.valid_until
    where settlement.settlement_id = open.settlement_id
        and settlement.commission_rate <> rate.commission_rate
        and not exists (
            select
            from rollup.archived_settlements as archived
            where archived.settlement_id = open.settlement_id
        );
    get diagnostics v_rates = row_count;

    -- Hardly ever does one change, so only those are looked up.
    with resolved as (
        select
            resolved.payment_id,
            resolved.fee_id,
            case
                when resolved.fee_id is not null
                    or resolved.commission_rate <> settlement.commission_rate
                    then resolved.fee_amount
            end as own_fee,
            resolved.stored_fee_id,
            resolved.stored_fee_amount
        from pipeline.resolve_fees(v_pending) as resolved
        inner join public.settlements as settlement
            on settlement.settlement_id = resolved.settlement_id
    ),
    changed as materialized (
        select resolved.*
        from resolved
        where resolved.fee_id is distinct from resolved.stored_fee_id
            or resolved.own_fee is distinct from resolved.stored_fee_amount
    )
    update public.settlement_payments as link
    set
        fee_id = changed.fee_id,
        fee_amount = changed.own_fee
    from changed
    where link.payment_id = changed.payment_id;
    get diagnostics v_fees = row_count;

    -- Where no rate and no fee has changed, the figures from before are still right.
    perform pipeline.refresh_settlements(
        array(
            select open.settlement_id
            from temp_recomputing as open
            where open.is_wrong
                or v_rates > 0
                or v_fees > 0
        )
    );
    perform pipeline.hold_reserves(v_pending);

    return query
    select
        settlement.settlement_id,
        former.total_amount,
        former.net_amount,
        settlement.total_amount,
        settlement.net_amount
    from temp_recomputing as former
    inner join public.settlements as settlement
        on settlement.settlement_id = former.settlement_id
    where (
        settlement.total_amount,
        settlement.payment_count,
        settlement.commission_amount,
        settlement.priced_amount,
        settlement.priced_fees,
        settlement.reserve_amount,
        settlement.carried_amount,
        settlement.adjustment_amount
    ) is distinct from (
        former.total_amount,
        former.payment_count,
        former.commission_amount,
        former.priced_amount,
        former.priced_fees,
        former.reserve_amount,
        former.carried_amount,
        former.adjustment_amount
    );
    drop table temp_recomputing;
end;
$$;

comment on function pipeline.recompute_settlements(text[]) is
    'Recomputes the given PENDING settlements (null: all) that are not what their payments, adjustments and the fees of their days say; returns what those were and are.';
