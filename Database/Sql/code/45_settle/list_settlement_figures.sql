-- What settlements must say, from their payments, the adjustments they carry, and the ledgers of reserves and balances.
-- Grain: one settlement of those asked for (null: all). Reads: settlements, settlement_payments, payments,
-- rollup.archived_settlements, settlement_adjustments, settlement.reserves, settlement.carries, currencies.
-- Called by: check_settlements, recompute_settlements, refresh_settlements, list_settlement_lines.
create function pipeline.list_settlement_figures(
    p_settlement_ids text[]
) returns table (
    settlement_id varchar,
    is_whole boolean,
    payment_count bigint,
    total_amount numeric,
    priced_amount numeric,
    priced_fees numeric,
    commission_amount numeric,
    claimed_amount numeric,
    held_amount numeric,
    released_amount numeric,
    carried_in numeric,
    carried_out numeric,
    reserve_amount numeric,
    carried_amount numeric,
    adjustment_amount numeric,
    net_amount numeric
)
language sql
stable
parallel safe
as $$
    with chosen as (
        select
            settlement.settlement_id,
            settlement.commission_rate,
            currency.minor_digits
        from public.settlements as settlement
        inner join public.currencies as currency on currency.currency = settlement.currency
        where p_settlement_ids is null
            or settlement.settlement_id = any (p_settlement_ids)
    ),
    linked as (
        select
            link.settlement_id,
            count(*) as payment_count,
            count(*) filter (
                where payment.payment_id is null
                    and pipeline.is_archived(link.transaction_date)
            ) as archived_count,
            count(*) filter (where payment.payment_id is null) as missing_count,
            sum(payment.amount) as total_amount,
            sum(payment.amount) filter (where link.fee_amount is not null) as priced_amount,
            sum(link.fee_amount) as priced_fees
        from public.settlement_payments as link
        left join public.payments as payment
            on payment.payment_id = link.payment_id
            and payment.transaction_date = link.transaction_date
        where p_settlement_ids is null
            or link.settlement_id = any (p_settlement_ids)
        group by link.settlement_id
    ),
    archived as (
        select
            archived.settlement_id,
            sum(archived.payment_count) as payment_count,
            sum(archived.total_amount) as total_amount,
            sum(archived.priced_amount) as priced_amount
        from rollup.archived_settlements as archived
        where p_settlement_ids is null
            or archived.settlement_id = any (p_settlement_ids)
        group by archived.settlement_id
    ),
    -- What is added and taken besides: few rows, so they are added up as one list.
    entry as (
        select
            adjustment.settlement_id,
            adjustment.amount as claimed,
            0 as held,
            0 as released,
            0 as carried_in,
            0 as carried_out
        from public.settlement_adjustments as adjustment
        where adjustment.settlement_id is not null
            and (p_settlement_ids is null or adjustment.settlement_id = any (p_settlement_ids))
        union all
        select
            reserve.settlement_id,
            0,
            -reserve.amount,
            0,
            0,
            0
        from settlement.reserves as reserve
        where p_settlement_ids is null
            or reserve.settlement_id = any (p_settlement_ids)
        union all
        select
            reserve.released_in,
            0,
            0,
            reserve.amount,
            0,
            0
        from settlement.reserves as reserve
        where reserve.released_in is not null
            and (p_settlement_ids is null or reserve.released_in = any (p_settlement_ids))
        union all
        select
            carry.carried_to,
            0,
            0,
            0,
            carry.amount,
            0
        from settlement.carries as carry
        where carry.carried_to is not null
            and (p_settlement_ids is null or carry.carried_to = any (p_settlement_ids))
        union all
        select
            carry.settlement_id,
            0,
            0,
            0,
            0,
            -carry.amount
        from settlement.carries as carry
        where p_settlement_ids is null
            or carry.settlement_id = any (p_settlement_ids)
    ),
    entered as (
        select
            entry.settlement_id,
            sum(entry.claimed) as claimed,
            sum(entry.held) as held,
            sum(entry.released) as released,
            sum(entry.carried_in) as carried_in,
            sum(entry.carried_out) as carried_out
        from entry
        group by entry.settlement_id
    ),
    summed as (
        select
            chosen.settlement_id,
            chosen.commission_rate,
            chosen.minor_digits,
            coalesce(linked.missing_count, 0) = coalesce(linked.archived_count, 0)
                and coalesce(linked.archived_count, 0) = coalesce(archived.payment_count, 0)
                as is_whole,
            coalesce(linked.payment_count, 0) as payment_count,
            coalesce(linked.total_amount, 0) + coalesce(archived.total_amount, 0) as total_amount,
            coalesce(linked.priced_amount, 0) + coalesce(archived.priced_amount, 0)
                as priced_amount,
            coalesce(linked.priced_fees, 0) as priced_fees,
            coalesce(entered.claimed, 0) as claimed,
            coalesce(entered.held, 0) as held,
            coalesce(entered.released, 0) as released,
            coalesce(entered.carried_in, 0) as carried_in,
            coalesce(entered.carried_out, 0) as carried_out
        from chosen
        left join linked on linked.settlement_id = chosen.settlement_id
        left join archived on archived.settlement_id = chosen.settlement_id
        left join entered on entered.settlement_id = chosen.settlement_id
    ),
    charged as (
        select
            summed.*,
            pipeline.commission(
                summed.total_amount - summed.priced_amount,
                summed.commission_rate,
                summed.priced_fees,
                summed.minor_digits
            ) as commission,
            summed.held + summed.released as reserve,
            summed.carried_in + summed.carried_out as carried
        from summed
    )
    select
        charged.settlement_id,
        charged.is_whole,
        charged.payment_count,
        charged.total_amount,
        charged.priced_amount,
        charged.priced_fees,
        charged.commission as commission_amount,
        charged.claimed as claimed_amount,
        charged.held as held_amount,
        charged.released as released_amount,
        charged.carried_in,
        charged.carried_out,
        charged.reserve as reserve_amount,
        charged.carried as carried_amount,
        charged.claimed + charged.reserve + charged.carried as adjustment_amount,
        charged.total_amount - charged.commission + charged.claimed + charged.reserve
            + charged.carried as net_amount
    from charged;
$$;

comment on function pipeline.list_settlement_figures(text[]) is
    'The figures of settlements as their payments, adjustments, reserves and balances have them; is_whole: every payment is in the store or known to be archived. Signed as they count towards the net amount.';
