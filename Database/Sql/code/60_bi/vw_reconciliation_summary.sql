-- What was expected, reported and banked, day by day, and what is open.
-- Grain: one processor, account, currency and day. Reads: settlements, reconciliation.accounts, payouts, match_group_items,
-- differences. Called by: BI tools.
--
-- A view may not use functions of pipeline, which a deploy drops: payouts and bank lines are picked as list_paid_payouts and
-- list_booked_lines do. Settlements count at their merchant's account (the first of several), bank lines at that of the payout that they are.
create or replace view public.vw_reconciliation_summary as
with paid_payout as (
    select
        payout.processor,
        payout.account,
        payout.processor || ':' || payout.payout_key as item_key,
        payout.amount,
        payout.currency,
        coalesce(
            payout.arrival_date,
            (coalesce(payout.initiated_at, payout.created_at) at time zone 'UTC')::date
        ) as day
    from reconciliation.payouts as payout
    where payout.status in ('in_transit', 'paid')
),
booked_line as (
    select
        line.bank_line_id,
        statement.account_iban as account,
        coalesce(
            line.value_date,
            line.booking_date,
            statement.closing_day,
            statement.to_day,
            (statement.created_at at time zone 'UTC')::date
        ) as day
    from reconciliation.bank_lines as line
    inner join reconciliation.bank_statements as statement
        on statement.statement_id = line.statement_id
    where line.status = 'BOOK'
),
home as (
    select
        account.merchant_id,
        min(account.processor) as processor,
        min(account.account) as account
    from reconciliation.accounts as account
    where account.merchant_id is not null
        and account.processor <> 'bank'
    group by account.merchant_id
),
expected as (
    select
        home.processor,
        home.account,
        settlement.currency,
        settlement.expected_settlement_date as day,
        sum(settlement.net_amount) as amount
    from home
    inner join public.settlements as settlement
        on settlement.merchant_id = home.merchant_id
    group by
        home.processor,
        home.account,
        settlement.currency,
        settlement.expected_settlement_date
),
reported as (
    select
        payout.processor,
        payout.account,
        payout.currency,
        payout.day,
        sum(payout.amount) as amount
    from paid_payout as payout
    group by
        payout.processor,
        payout.account,
        payout.currency,
        payout.day
),
banked as (
    select
        coalesce(payout.processor, 'bank') as processor,
        coalesce(payout.account, line.account) as account,
        item.currency,
        line.day,
        sum(item.amount) as amount
    from (
        select
            own.match_id,
            min(own.item_key) filter (where own.item_kind = 'payout') as payout_item
        from reconciliation.match_group_items as own
        where own.level = 'bank'
            and own.is_standing
        group by own.match_id
    ) as match
    inner join reconciliation.match_group_items as item
        on item.match_id = match.match_id
            and item.is_actual
    inner join booked_line as line
        on line.bank_line_id = item.item_key::bigint
    left join paid_payout as payout
        on payout.item_key = match.payout_item
    group by
        coalesce(payout.processor, 'bank'),
        coalesce(payout.account, line.account),
        item.currency,
        line.day
),
open as (
    select
        difference.processor,
        difference.account,
        difference.currency,
        difference.item_day as day,
        sum(difference.difference_amount) as amount,
        count(*) as item_count
    from reconciliation.differences as difference
    where difference.status = 'open'
    group by
        difference.processor,
        difference.account,
        difference.currency,
        difference.item_day
),
every as (
    select
        expected.processor,
        expected.account,
        expected.currency,
        expected.day,
        expected.amount as expected_amount,
        0::numeric as reported_amount,
        0::numeric as banked_amount,
        0::numeric as open_difference,
        0::bigint as open_differences
    from expected
    union all
    select
        reported.processor,
        reported.account,
        reported.currency,
        reported.day,
        0,
        reported.amount,
        0,
        0,
        0
    from reported
    union all
    select
        banked.processor,
        banked.account,
        banked.currency,
        banked.day,
        0,
        0,
        banked.amount,
        0,
        0
    from banked
    union all
    select
        open.processor,
        open.account,
        open.currency,
        open.day,
        0,
        0,
        0,
        open.amount,
        open.item_count
    from open
)
select
    every.processor::varchar(20) as processor,
    every.account::varchar(100) as account,
    every.currency::varchar(3) as currency,
    every.day as day,
    sum(every.expected_amount)::numeric(24, 3) as expected_amount,
    sum(every.reported_amount)::numeric(24, 3) as reported_amount,
    sum(every.banked_amount)::numeric(24, 3) as banked_amount,
    sum(every.open_difference)::numeric(24, 3) as open_difference,
    sum(every.open_differences)::bigint as open_differences
from every
group by
    every.processor,
    every.account,
    every.currency,
    every.day;

comment on view public.vw_reconciliation_summary is 'Reconciliation by processor, account, currency and day: expected (settlements on their expected day), reported (payouts on arrival), banked (matched bank lines by value date) and what is open.';
