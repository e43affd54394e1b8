-- Unpaid settlements whose money is at the bank by standing matches: named by bank lines themselves, or matched with payouts that
-- are all at the bank. The day is that of the last line.
-- Grain: one settlement. Reads: settlements, reconciliation.match_group_items, bank_lines. Called by: complete_banked_settlements.
create function pipeline.list_banked_settlements() returns table (
    settlement_id varchar(50),
    paid_on date,
    matched_amount numeric(24, 3)
)
language sql
stable
parallel safe
as $$
    with unpaid as (
        select
            settlement.settlement_id,
            item.match_id,
            item.level,
            abs(item.amount) as matched_amount
        from public.settlements as settlement
        inner join reconciliation.match_group_items as item
            on item.item_key = settlement.settlement_id
                and item.item_kind = 'settlement'
                and item.level in ('payout', 'bank')
                and item.is_standing
        where settlement.settlement_date is null
    ),
    paying as (
        select
            unpaid.settlement_id,
            unpaid.matched_amount,
            unpaid.match_id as bank_match_id
        from unpaid
        where unpaid.level = 'bank'
        union all
        select
            unpaid.settlement_id,
            unpaid.matched_amount,
            banked.match_id
        from unpaid
        inner join reconciliation.match_group_items as payout
            on payout.match_id = unpaid.match_id
                and payout.is_actual
        left join reconciliation.match_group_items as banked
            on banked.item_key = payout.item_key
                and banked.item_kind = 'payout'
                and banked.level = 'bank'
                and banked.is_standing
        where unpaid.level = 'payout'
    ),
    banked as (
        select
            paying.settlement_id,
            paying.matched_amount,
            paying.bank_match_id,
            line.day
        from paying
        left join reconciliation.match_group_items as item
            on item.match_id = paying.bank_match_id
                and item.is_actual
        left join pipeline.list_booked_lines() as line
            on line.bank_line_id = case when item.item_kind = 'bank' then item.item_key::bigint end
    )
    select
        banked.settlement_id,
        max(banked.day),
        max(banked.matched_amount)
    from banked
    group by banked.settlement_id
    having bool_and(banked.bank_match_id is not null)
    order by banked.settlement_id;
$$;

comment on function pipeline.list_banked_settlements() is
    'Settlements that are not paid by our books, but by the bank''s, with the day and the amount that was matched.';
