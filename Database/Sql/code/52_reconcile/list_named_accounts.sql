-- Accounts that processors' lines, payouts and bank statements name. Of lines, which are many, only the first of each account
-- is looked at.
-- Grain: one processor and account. Reads: reconciliation.processor_lines, payouts, bank_statements.
-- Called by: begin_reconciliation.
create function pipeline.list_named_accounts() returns table (
    processor varchar(20),
    account varchar(100)
)
language sql
stable
parallel safe
as $$
    with recursive named as (
        (
            select
                line.processor,
                line.account
            from reconciliation.processor_lines as line
            order by
                line.processor,
                line.account
            limit 1
        )
        union all
        select
            next.processor,
            next.account
        from named
        cross join lateral (
            select
                line.processor,
                line.account
            from reconciliation.processor_lines as line
            where (line.processor, line.account) > (named.processor, named.account)
            order by
                line.processor,
                line.account
            limit 1
        ) as next
    )
    select
        named.processor,
        named.account
    from named
    union
    select distinct
        payout.processor,
        payout.account
    from reconciliation.payouts as payout
    union
    select distinct
        'bank'::varchar(20),
        statement.account_iban::varchar(100)
    from reconciliation.bank_statements as statement
    order by
        processor,
        account;
$$;

comment on function pipeline.list_named_accounts() is
    'Processors and accounts named by lines, payouts and bank statements.';
