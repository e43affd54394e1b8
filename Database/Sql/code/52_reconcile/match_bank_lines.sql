-- Matches booked bank lines with payouts, and with settlements that they name themselves.
-- Grain: none. Reads: reconciliation.runs, accounts, payouts, bank_statements, bank_lines, bank_payees,
-- match_group_items, settlements.
-- Called by: ReconcileStage.
create function pipeline.match_bank_lines(
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
        'bank',
        line.bank_line_id::text,
        line.account,
        line.currency,
        line.amount,
        line.day,
        coalesce(account.payout_days, 5),
        'bank',
        line.account,
        account.merchant_id,
        coalesce(account.opens_differences, true)
    from pipeline.list_booked_lines() as line
    left join reconciliation.accounts as account
        on account.processor = 'bank'
            and account.account = line.account
    where line.bank_line_id <= v_run.newest_bank_line
        and line.amount <> 0
        and line.day >= coalesce(v_run.from_day, '-infinity')
        and line.day <= coalesce(v_run.to_day, 'infinity')
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = line.bank_line_id::text
                and item.item_kind = 'bank'
                and item.level = 'bank'
                and item.is_standing
        );

    insert into temp_pool_name (actual_id, item_kind, item_key)
    with text as materialized (
        select
            item.pool_id,
            concat_ws(
                ' ',
                line.end_to_end_id,
                line.bank_reference,
                line.transaction_id,
                line.creditor_reference,
                line.remittance
            ) as content
        from temp_pool as item
        inner join reconciliation.bank_lines as line
            on line.bank_line_id = item.item_key::bigint
    ),
    word as materialized (
        select distinct
            text.pool_id,
            word.word
        from text
        cross join lateral regexp_split_to_table(text.content, '[^A-Za-z0-9_/.-]+') as word (word)
        where length(word.word) >= 6
    ),
    -- A descriptor that many payouts have names none of them.
    payout_name as (
        select
            name.word,
            min(payout.item_key) as item_key
        from pipeline.list_paid_payouts() as payout
        cross join lateral (
            values (payout.payout_key), (payout.reference)
        ) as name (word)
        where name.word in (
            select word.word
            from word
        )
        group by name.word
        having count(distinct payout.item_key) = 1
    )
    select
        text.pool_id,
        'settlement',
        named.settlement_id
    from text
    cross join lateral pipeline.settlement_references(text.content) as named
    union
    select
        word.pool_id,
        'payout',
        payout_name.item_key
    from word
    inner join payout_name
        on payout_name.word = word.word;

    insert into temp_pool
    with bank as (
        select
            statement.account_iban,
            statement.account_currency,
            account.merchant_id,
            max(account.payout_days) as payout_days,
            min(statement.first_day) as first_day
        from (
            select
                line.account as account_iban,
                line.currency as account_currency,
                min(line.day) as first_day
            from pipeline.list_booked_lines() as line
            group by
                line.account,
                line.currency
        ) as statement
        left join reconciliation.accounts as account
            on account.processor = 'bank'
                and account.account = statement.account_iban
        group by
            statement.account_iban,
            statement.account_currency,
            account.merchant_id
    ),
    -- Where an account's payouts go is said, or there is only one bank account that they can go to.
    route as (
        select
            account.processor,
            account.account,
            bank.account_currency as currency,
            min(bank.account_iban) as account_iban,
            min(bank.first_day) as first_day,
            max(bank.payout_days) as payout_days
        from reconciliation.accounts as account
        inner join bank
            on (account.pays_into is null or bank.account_iban = account.pays_into)
                and (
                    bank.merchant_id is null
                    or account.merchant_id is null
                    or bank.merchant_id = account.merchant_id
                )
        where account.processor <> 'bank'
        group by
            account.processor,
            account.account,
            bank.account_currency
        having count(distinct bank.account_iban) = 1
    )
    select
        false,
        'payout',
        payout.item_key,
        coalesce(route.account_iban, ''),
        payout.currency,
        payout.amount,
        payout.day,
        coalesce(account.payout_days, 5),
        payout.processor,
        payout.account,
        account.merchant_id,
        coalesce(account.opens_differences, true)
            and payout.day >= route.first_day - coalesce(route.payout_days, 5)
            and route.account_iban is not null
    from pipeline.list_paid_payouts() as payout
    left join reconciliation.accounts as account
        on account.processor = payout.processor
            and account.account = payout.account
    left join route
        on route.processor = payout.processor
            and route.account = payout.account
            and route.currency = payout.currency
    where payout.amount <> 0
        and (
            payout.item_key in (
                select name.item_key
                from temp_pool_name as name
                where name.item_kind = 'payout'
            )
            or (
                payout.day >= coalesce(v_run.from_day, '-infinity')
                    - coalesce(account.payout_days, 5)
                and payout.day <= coalesce(v_run.to_day, 'infinity')
            )
        )
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = payout.item_key
                and item.item_kind = 'payout'
                and item.level = 'bank'
                and item.is_standing
        );

    -- Settlements that lines name: what goes out of an account of ours pays them as what comes in to a merchant's does.
    insert into temp_pool
    select
        false,
        'settlement',
        settlement.settlement_id,
        '',
        settlement.currency,
        case when min(line.amount) < 0 then - settlement.net_amount else settlement.net_amount end,
        settlement.expected_settlement_date,
        min(line.days),
        'bank',
        min(line.account),
        settlement.merchant_id,
        false
    from temp_pool_name as name
    inner join temp_pool as line
        on line.pool_id = name.actual_id
    inner join public.settlements as settlement
        on settlement.settlement_id = name.item_key
    where name.item_kind = 'settlement'
        and settlement.net_amount <> 0
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = settlement.settlement_id
                and item.item_kind = 'settlement'
                and item.level in ('payout', 'bank')
                and item.is_standing
        )
    group by settlement.settlement_id;

    -- A line that names one of ours is ours, whatever else is booked on the account.
    update temp_pool as line
    set opens_differences = true
    where not line.opens_differences
        and line.pool_id in (
            select name.actual_id
            from temp_pool_name as name
        );

    -- Merchants that are paid by the bank alone: what is due to them and is not named is looked for there, too.
    insert into reconciliation.bank_payees as known (
        merchant_id,
        currency,
        account,
        first_day
    )
    select
        item.merchant_id,
        item.currency,
        min(item.account),
        min(item.day)
    from temp_pool as item
    where item.item_kind = 'settlement'
        and not exists (
            select
            from reconciliation.accounts as account
            where account.merchant_id = item.merchant_id
                and account.processor <> 'bank'
        )
    group by
        item.merchant_id,
        item.currency
    on conflict on constraint bank_payees_pkey do update
    set first_day = excluded.first_day
    where excluded.first_day < known.first_day;

    insert into temp_pool
    select
        false,
        'settlement',
        settlement.settlement_id,
        '',
        settlement.currency,
        settlement.net_amount,
        settlement.expected_settlement_date,
        coalesce(account.payout_days, 5),
        'bank',
        payee.account,
        settlement.merchant_id,
        true
    from reconciliation.bank_payees as payee
    inner join public.settlements as settlement
        on settlement.merchant_id = payee.merchant_id
            and settlement.currency = payee.currency
    left join reconciliation.accounts as account
        on account.processor = 'bank'
            and account.account = payee.account
    where settlement.settlement_date is null
        and settlement.net_amount > 0
        and settlement.expected_settlement_date >= greatest(
            payee.first_day, coalesce(v_run.from_day, '-infinity')
        )
        and settlement.expected_settlement_date <= coalesce(v_run.to_day, 'infinity')
        and not exists (
            select
            from temp_pool as named
            where named.item_key = settlement.settlement_id
                and named.item_kind = 'settlement'
        )
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
    perform pipeline.keep_groups(p_run_id, 'bank', p_now);
    return v_items;
end;
$$;

comment on function pipeline.match_bank_lines(bigint, timestamptz) is
    'Matches bank lines with payouts and settlements; returns the items that waited.';
