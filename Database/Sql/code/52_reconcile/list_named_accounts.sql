-- The accounts at processors and banks that files have named so far.
-- Grain: one account. Reads: reconciliation.processor_lines, payouts, bank_statements.
-- Called by: begin_reconciliation.
create function pipeline.list_named_accounts() returns table (
    processor varchar(20),
    account varchar(100)
)
language sql
stable
parallel safe
as $$
    select distinct
        payout.processor,
        payout.account
    from reconciliation.payouts as payout
    union
    select distinct
        line.processor,
        line.account
    from reconciliation.processor_lines as line
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
