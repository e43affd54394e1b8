-- Payouts that are money: under way or paid, each with the day it is due at the bank.
-- Grain: one payout. Reads: reconciliation.payouts. Called by: match_payouts, match_bank_lines, vw_reconciliation_summary.
create function pipeline.list_paid_payouts() returns table (
    processor varchar(20),
    account varchar(100),
    payout_key varchar(200),
    item_key varchar(230),
    amount numeric(24, 3),
    currency char(3),
    day date,
    reference varchar(250)
)
language sql
stable
parallel safe
as $$
    select
        payout.processor,
        payout.account,
        payout.payout_key,
        payout.processor || ':' || payout.payout_key,
        payout.amount,
        payout.currency,
        coalesce(
            payout.arrival_date,
            (coalesce(payout.initiated_at, payout.created_at) at time zone 'UTC')::date
        ),
        payout.reference
    from reconciliation.payouts as payout
    where payout.status in ('in_transit', 'paid');
$$;

comment on function pipeline.list_paid_payouts() is
    'Payouts that are in transit or paid, with the day they arrive and the key that matches know them by.';
