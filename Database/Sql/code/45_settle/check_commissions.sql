-- Settlements whose commission is not what the fees and rates of their payments' days make it, with the cause.
-- Grain: one settlement (of those asked for; null: all) with a difference. Reads: resolve_fees, settlements, currencies,
-- rollup.archived_settlements, list_settlement_figures. Called by: the API, vw_commission_differences.
--
-- Fees may be entered or ended for days gone by: COMPLETED settlements keep what was charged, and show here. Of archived
-- payments the fees are taken as they were charged. Causes: payments_changed: total or count are not those of its
-- payments; fee_changed: a payment has another fee now; rate_changed: none has, but a rate has; rounding: the exact fees
-- are the same, and the commission is off by the last digit; unknown: by more.
create function pipeline.check_commissions(
    p_settlement_ids text[] default null
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    currency varchar,
    period_start date,
    status varchar,
    stored_amount numeric,
    recomputed_amount numeric,
    difference numeric,
    cause varchar,
    payments_affected bigint
)
language sql
stable
parallel safe
as $$
    with resolved as (
        select
            resolved.settlement_id,
            sum(resolved.fee_amount - charged.fee_amount) as shift,
            count(*) filter (where charged.fee_amount <> resolved.fee_amount) as affected,
            count(*) filter (
                where charged.fee_amount <> resolved.fee_amount
                    and (resolved.fee_id is not null or resolved.stored_fee_id is not null)
            ) as with_fee
        from pipeline.resolve_fees(p_settlement_ids) as resolved
        inner join public.settlements as settlement
            on settlement.settlement_id = resolved.settlement_id
        cross join lateral (
            select coalesce(
                resolved.stored_fee_amount,
                pipeline.fee(resolved.amount, settlement.commission_rate, 0, 0)
            ) as fee_amount
        ) as charged
        group by resolved.settlement_id
    ),
    recomputed as (
        select
            settlement.settlement_id,
            settlement.merchant_id,
            settlement.currency,
            settlement.period_start,
            settlement.status,
            settlement.commission_amount as stored_amount,
            round(
                figure.priced_fees
                    + (figure.total_amount - figure.priced_amount) * settlement.commission_rate * 0.01
                    + coalesce(resolved.shift, 0),
                least(currency.minor_digits, 3)
            ) as recomputed_amount,
            power(10::numeric, -least(currency.minor_digits, 3)) as last_digit,
            settlement.total_amount <> figure.total_amount
                or settlement.payment_count <> figure.payment_count
                or not figure.is_whole as has_other_payments,
            coalesce(resolved.affected, 0) as affected,
            coalesce(resolved.with_fee, 0) as with_fee
        from pipeline.list_settlement_figures(p_settlement_ids) as figure
        inner join public.settlements as settlement
            on settlement.settlement_id = figure.settlement_id
        inner join public.currencies as currency on currency.currency = settlement.currency
        left join resolved on resolved.settlement_id = settlement.settlement_id
    )
    select
        recomputed.settlement_id,
        recomputed.merchant_id,
        recomputed.currency::varchar as currency,
        recomputed.period_start,
        recomputed.status,
        recomputed.stored_amount,
        recomputed.recomputed_amount,
        recomputed.stored_amount - recomputed.recomputed_amount as difference,
        case
            when recomputed.has_other_payments then 'payments_changed'
            when recomputed.with_fee > 0 then 'fee_changed'
            when recomputed.affected > 0 then 'rate_changed'
            when abs(recomputed.stored_amount - recomputed.recomputed_amount)
                <= recomputed.last_digit then 'rounding'
            else 'unknown'
        end::varchar as cause,
        recomputed.affected as payments_affected
    from recomputed
    where recomputed.stored_amount <> recomputed.recomputed_amount;
$$;

comment on function pipeline.check_commissions(text[]) is
    'Stored and recomputed commission of the given settlements (null: all) where they differ, with the cause (payments_changed, fee_changed, rate_changed, rounding, unknown) and how many payments cost something else now. Unordered.';
