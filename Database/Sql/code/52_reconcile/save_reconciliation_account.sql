-- Says whose money an account holds and how it is reconciled; adds it where no file has named it yet.
-- Grain: none. Reads: reconciliation.accounts. Called by: PUT /api/reconciliation/accounts.
create function pipeline.save_reconciliation_account(
    p_processor text,
    p_account text,
    p_merchant_id text,
    p_pays_into text,
    p_compares_fees boolean,
    p_opens_differences boolean,
    p_payment_days int,
    p_payout_days int,
    p_by text,
    p_now timestamptz
) returns void
language plpgsql
as $$
declare
    v_before jsonb;
    v_after jsonb;
begin
    select to_jsonb(account.*)
    into v_before
    from reconciliation.accounts as account
    where account.processor = p_processor
        and account.account = p_account
    for update;

    insert into reconciliation.accounts as known (
        processor,
        account,
        merchant_id,
        pays_into,
        compares_fees,
        opens_differences,
        payment_days,
        payout_days,
        created_at,
        updated_at
    )
    values (
        p_processor,
        p_account,
        p_merchant_id,
        p_pays_into,
        p_compares_fees,
        p_opens_differences,
        p_payment_days,
        p_payout_days,
        p_now,
        p_now
    )
    on conflict on constraint accounts_pkey do update
    set
        merchant_id = excluded.merchant_id,
        pays_into = excluded.pays_into,
        compares_fees = excluded.compares_fees,
        opens_differences = excluded.opens_differences,
        payment_days = excluded.payment_days,
        payout_days = excluded.payout_days,
        updated_at = excluded.updated_at
    returning to_jsonb(known.*) into v_after;
    perform pipeline.write_change(
        'reconciliation_account',
        p_processor || ':' || p_account,
        'saved',
        p_by,
        null,
        v_before,
        v_after,
        p_now
    );
end;
$$;

comment on function pipeline.save_reconciliation_account(
    text, text, text, text, boolean, boolean, int, int, text, timestamptz
) is 'Adds or changes an account of reconciliation.';
