-- Settlements whose commission is not what fees and rates make it, of those asked for.
-- Grain: one settlement with a difference. Reads: check_commissions, settlements.
-- Called by: GET /api/settlements/commission-differences.
create function pipeline.find_commission_differences(
    p_merchant_id text,
    p_currency text,
    p_status text,
    p_cause text,
    p_period_from date,
    p_period_to date
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
    select
        difference.settlement_id,
        difference.merchant_id,
        difference.currency,
        difference.period_start,
        difference.status,
        difference.stored_amount,
        difference.recomputed_amount,
        difference.difference,
        difference.cause,
        difference.payments_affected
    from pipeline.check_commissions(
        -- All are asked for by null, so that they are read as tables, not one by one.
        case
            when coalesce(p_merchant_id, p_currency, p_status) is not null
                or coalesce(p_period_from, p_period_to) is not null
                then array(
                    select settlement.settlement_id::text
                    from public.settlements as settlement
                    where (p_merchant_id is null or settlement.merchant_id = p_merchant_id)
                        and (p_currency is null or settlement.currency = p_currency)
                        and (p_status is null or settlement.status = p_status)
                        and (p_period_from is null or settlement.period_end > p_period_from)
                        and (p_period_to is null or settlement.period_start <= p_period_to)
                )
        end
    ) as difference
    where (p_cause is null or difference.cause = p_cause);
$$;

comment on function pipeline.find_commission_differences(text, text, text, text, date, date) is
    'Differences of check_commissions among the settlements of a merchant, currency, status and time, by cause; null means any. Unordered: the caller pages by settlement_id.';
