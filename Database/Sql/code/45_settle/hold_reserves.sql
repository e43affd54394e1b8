-- Lets what PENDING settlements hold back follow their totals, rounded once, half away from zero.
-- Grain: none. Reads: settlements, settlement.terms, settlement.reserves, currencies.
-- Called by: settle_merchants, recompute_settlements, follow_moves; all hold lock_settlements.
create function pipeline.hold_reserves(
    p_settlement_ids text[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    if p_settlement_ids = '{}' then
        return;
    end if;

    create temporary table temp_holding on commit drop as
    select
        settlement.settlement_id,
        settlement.merchant_id,
        settlement.currency,
        settlement.period_end + coalesce(terms.reserve_days, 0) as release_from,
        coalesce(
            pipeline.reserve(
                settlement.total_amount, terms.reserve_percent, currency.minor_digits
            ),
            0
        ) as amount,
        coalesce(known.amount, 0) as known_amount
    from public.settlements as settlement
    inner join public.currencies as currency on currency.currency = settlement.currency
    left join settlement.terms as terms on terms.terms_id = settlement.terms_id
    left join settlement.reserves as known on known.settlement_id = settlement.settlement_id
    where settlement.settlement_id = any (p_settlement_ids)
        and settlement.status = 'PENDING';
    delete from temp_holding as held
    where held.amount = held.known_amount;

    delete from settlement.reserves as known
    using temp_holding as held
    where known.settlement_id = held.settlement_id
        and held.amount = 0;
    insert into settlement.reserves as known (
        settlement_id,
        merchant_id,
        currency,
        amount,
        release_from
    )
    select
        held.settlement_id,
        held.merchant_id,
        held.currency,
        held.amount,
        held.release_from
    from temp_holding as held
    where held.amount > 0
    order by held.settlement_id
    on conflict on constraint reserves_pkey do update set
        amount = excluded.amount;

    update public.settlements as settlement
    set
        reserve_amount = settlement.reserve_amount + held.known_amount - held.amount,
        adjustment_amount = settlement.adjustment_amount + held.known_amount - held.amount,
        net_amount = settlement.net_amount + held.known_amount - held.amount,
        updated_at = now()
    from temp_holding as held
    where settlement.settlement_id = held.settlement_id;
    drop table temp_holding;
end;
$$;

comment on function pipeline.hold_reserves(text[]) is
    'Holds the share of their totals that terms say back from these PENDING settlements.';
