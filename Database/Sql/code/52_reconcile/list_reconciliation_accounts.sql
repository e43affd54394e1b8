-- Accounts of reconciliation.
-- Grain: one account. Reads: reconciliation.accounts.
-- Called by: GET /api/reconciliation/accounts, PUT /api/reconciliation/accounts.
create function pipeline.list_reconciliation_accounts() returns table (
    processor varchar,
    account varchar,
    merchant_id varchar,
    pays_into varchar,
    compares_fees boolean,
    opens_differences boolean,
    payment_days int,
    payout_days int,
    created_at timestamptz,
    updated_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        account.processor,
        account.account,
        account.merchant_id,
        account.pays_into,
        account.compares_fees,
        account.opens_differences,
        account.payment_days,
        account.payout_days,
        account.created_at,
        account.updated_at
    from reconciliation.accounts as account;
$$;

comment on function pipeline.list_reconciliation_accounts() is
    'Accounts at processors and banks. Unordered: the caller orders by processor and account.';
