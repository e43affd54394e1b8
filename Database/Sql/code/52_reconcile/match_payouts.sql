-- Matches payouts of processors with the settlements of their accounts' merchants.
-- Grain: none. Reads: reconciliation.runs, accounts, payouts, match_group_items, settlements. Called by: ReconcileStage.
create function pipeline.match_payouts(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_run reconciliation.runs;
    v_items bigint;
begin
    v_run := pipeline.prepare_pool(p_run_id);

    insert into temp_pool
    select
        true,
        'payout',
        payout.item_key,
        account.merchant_id,
        payout.currency,
        payout.amount,
        payout.day,
        account.payout_days,
        payout.processor,
        payout.account,
        account.merchant_id,
        account.opens_differences
    from pipeline.list_paid_payouts() as payout
    inner join reconciliation.accounts as account
        on account.processor = payout.processor
            and account.account = payout.account
    where account.merchant_id is not null
        and payout.amount <> 0
        and payout.day >= coalesce(v_run.from_day, '-infinity')
        and payout.day <= coalesce(v_run.to_day, 'infinity')
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = payout.item_key
                and item.item_kind = 'payout'
                and item.level = 'payout'
                and item.is_standing
        );

    insert into temp_pool_name (actual_id, item_kind, item_key)
    select
        item.pool_id,
        'settlement',
        named.settlement_id
    from temp_pool as item
    inner join reconciliation.payouts as payout
        on item.item_key = payout.processor || ':' || payout.payout_key
    cross join lateral pipeline.settlement_references(
        concat_ws(' ', payout.payout_key, payout.reference)
    ) as named;

    -- What came before a merchant's first payout came some other way.
    insert into temp_pool
    with paid as (
        select
            account.merchant_id,
            min(account.processor) as processor,
            min(account.account) as account,
            max(account.payout_days) as payout_days,
            bool_and(account.opens_differences) as opens_differences,
            min(payout.day) as first_day
        from reconciliation.accounts as account
        inner join pipeline.list_paid_payouts() as payout
            on payout.processor = account.processor
                and payout.account = account.account
        where account.merchant_id is not null
        group by account.merchant_id
    )
    select
        false,
        'settlement',
        settlement.settlement_id,
        settlement.merchant_id,
        settlement.currency,
        settlement.net_amount,
        settlement.expected_settlement_date,
        paid.payout_days,
        paid.processor,
        paid.account,
        settlement.merchant_id,
        paid.opens_differences
    from paid
    inner join public.settlements as settlement
        on settlement.merchant_id = paid.merchant_id
    where settlement.net_amount <> 0
        and settlement.expected_settlement_date >= greatest(
            paid.first_day, coalesce(v_run.from_day, '-infinity')
        ) - paid.payout_days
        and settlement.expected_settlement_date
            <= coalesce(v_run.to_day, v_run.as_of) + paid.payout_days
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = settlement.settlement_id
                and item.item_kind = 'settlement'
                and item.level in ('payout', 'bank')
                and item.is_standing
        );

    select count(*)
    into v_items
    from temp_pool as pool;
    perform pipeline.match_pool();
    perform pipeline.keep_groups(p_run_id, 'payout', p_now);
    return v_items;
end;
$$;

comment on function pipeline.match_payouts(bigint, timestamptz) is
    'Matches payouts with settlements; returns the items that waited.';
