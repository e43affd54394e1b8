-- Items by kind:key, as a match of a level has them: their side, amount, currency and day.
-- Grain: one item that exists and fits the level. Reads: reconciliation.processor_lines, payouts, bank_lines, payments, refunds,
-- disputes, settlements. Called by: make_match.
create function pipeline.find_match_items(
    p_level text,
    p_items text[]
) returns table (
    item text,
    item_kind varchar,
    item_key varchar,
    is_actual boolean,
    amount numeric,
    currency varchar,
    other_amount numeric,
    other_currency varchar,
    processor varchar,
    account varchar,
    merchant_id varchar,
    day date
)
language sql
stable
parallel safe
as $$
    with named as (
        select distinct
            name.item,
            split_part(name.item, ':', 1) as kind,
            substr(name.item, strpos(name.item, ':') + 1) as key
        from unnest(p_items) as name (item)
    )
    select
        named.item,
        'line',
        named.key,
        true,
        line.gross,
        line.currency,
        line.presentment_amount,
        line.presentment_currency,
        line.processor,
        line.account,
        null,
        (line.occurred_at at time zone 'UTC')::date
    from named
    inner join reconciliation.processor_lines as line
        on line.line_id = case when named.key ~ '^[0-9]{1,18}$' then named.key::bigint end
    where named.kind = 'line'
        and p_level = 'payment'
    union all
    select
        named.item,
        'payment',
        named.key,
        false,
        payment.amount,
        payment.currency,
        null,
        null,
        null,
        null,
        payment.merchant_id,
        (payment.transaction_date at time zone 'UTC')::date
    from named
    inner join public.payment_keys as key
        on key.payment_id = named.key
    inner join public.payments as payment
        on payment.payment_id = key.payment_id
            and payment.transaction_date = key.transaction_date
    where named.kind = 'payment'
        and p_level = 'payment'
    union all
    select
        named.item,
        'refund',
        named.key,
        false,
        - refund.amount,
        refund.currency,
        null,
        null,
        null,
        null,
        null,
        (refund.refund_date at time zone 'UTC')::date
    from named
    inner join public.refunds as refund
        on refund.refund_id = named.key
    where named.kind = 'refund'
        and p_level = 'payment'
    union all
    select
        named.item,
        'dispute',
        named.key,
        false,
        - dispute.amount,
        dispute.currency,
        null,
        null,
        null,
        null,
        null,
        (dispute.dispute_date at time zone 'UTC')::date
    from named
    inner join public.disputes as dispute
        on dispute.dispute_id = named.key
    where named.kind = 'dispute'
        and p_level = 'payment'
    union all
    select
        named.item,
        'refunded',
        named.key,
        false,
        - payment.amount,
        payment.currency,
        null,
        null,
        null,
        null,
        payment.merchant_id,
        (payment.transaction_date at time zone 'UTC')::date
    from named
    inner join public.payment_keys as key
        on key.payment_id = named.key
    inner join public.payments as payment
        on payment.payment_id = key.payment_id
            and payment.transaction_date = key.transaction_date
    where named.kind = 'refunded'
        and payment.payment_status = 'REFUNDED'
        and p_level = 'payment'
    union all
    select
        named.item,
        'returned',
        named.key,
        false,
        refund.amount,
        refund.currency,
        null,
        null,
        null,
        null,
        null,
        (refund.refund_date at time zone 'UTC')::date
    from named
    inner join public.refunds as refund
        on refund.refund_id = named.key
    where named.kind = 'returned'
        and refund.refund_status in ('failed', 'canceled')
        and p_level = 'payment'
    union all
    select
        named.item,
        'won',
        named.key,
        false,
        dispute.amount,
        dispute.currency,
        null,
        null,
        null,
        null,
        null,
        (dispute.dispute_date at time zone 'UTC')::date
    from named
    inner join public.disputes as dispute
        on dispute.dispute_id = named.key
    where named.kind = 'won'
        and dispute.dispute_status = 'won'
        and p_level = 'payment'
    union all
    select
        named.item,
        'payout',
        payout.item_key,
        p_level = 'payout',
        payout.amount,
        payout.currency,
        null,
        null,
        payout.processor,
        payout.account,
        account.merchant_id,
        payout.day
    from named
    inner join pipeline.list_paid_payouts() as payout
        on payout.processor = split_part(named.key, ':', 1)
            and payout.payout_key = substr(named.key, strpos(named.key, ':') + 1)
    left join reconciliation.accounts as account
        on account.processor = payout.processor
            and account.account = payout.account
    where named.kind = 'payout'
        and p_level in ('payout', 'bank')
    union all
    select
        named.item,
        'settlement',
        settlement.settlement_id,
        false,
        settlement.net_amount,
        settlement.currency,
        null,
        null,
        null,
        null,
        settlement.merchant_id,
        settlement.expected_settlement_date
    from named
    inner join public.settlements as settlement
        on settlement.settlement_id = named.key
    where named.kind = 'settlement'
        and p_level in ('payout', 'bank')
    union all
    select
        named.item,
        'bank',
        named.key,
        true,
        booked.amount,
        booked.currency,
        line.original_amount,
        line.original_currency,
        'bank',
        booked.account,
        account.merchant_id,
        booked.day
    from named
    inner join pipeline.list_booked_lines() as booked
        on booked.bank_line_id = case when named.key ~ '^[0-9]{1,18}$' then named.key::bigint end
    inner join reconciliation.bank_lines as line
        on line.bank_line_id = booked.bank_line_id
    left join reconciliation.accounts as account
        on account.processor = 'bank'
            and account.account = booked.account
    where named.kind = 'bank'
        and p_level = 'bank';
$$;

comment on function pipeline.find_match_items(text, text[]) is
    'Items named kind:key (line:17, payment:P1, refund:R1, refunded:P1, returned:R1, dispute:D1, won:D1, payout:stripe:po_1, settlement:STL-…, bank:5) that a match of the level can have.';
