-- Settlements by what is asked for.
-- Grain: one settlement. Reads: public.settlements, public.merchants. Called by: GET /api/settlements,
-- GET /api/settlements/{id}.
create function pipeline.list_settlements(
    p_merchant_id text,
    p_currency text,
    p_status text,
    p_breach boolean,
    p_period_from date,
    p_period_to date,
    p_expected_from date,
    p_expected_to date,
    p_paid_from date,
    p_paid_to date,
    p_as_of date
) returns table (
    settlement_id varchar,
    merchant_id varchar,
    merchant_name varchar,
    currency char,
    period_start date,
    period_end date,
    status varchar,
    expected_settlement_date date,
    settlement_date date,
    days_delayed int,
    is_breach boolean,
    payment_count bigint,
    total_amount numeric,
    commission_amount numeric,
    adjustment_amount numeric,
    reserve_amount numeric,
    carried_amount numeric,
    net_amount numeric,
    terms_id bigint,
    created_at timestamptz,
    updated_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        settlement.settlement_id,
        settlement.merchant_id,
        merchant.merchant_name,
        settlement.currency,
        settlement.period_start,
        settlement.period_end,
        settlement.status,
        settlement.expected_settlement_date,
        settlement.settlement_date,
        greatest(
            coalesce(settlement.settlement_date, p_as_of) - settlement.expected_settlement_date,
            0
        ) as days_delayed,
        coalesce(settlement.settlement_date, p_as_of) > settlement.expected_settlement_date
            as is_breach,
        settlement.payment_count::bigint as payment_count,
        settlement.total_amount,
        settlement.commission_amount,
        settlement.adjustment_amount,
        settlement.reserve_amount,
        settlement.carried_amount,
        settlement.net_amount,
        settlement.terms_id,
        settlement.created_at,
        settlement.updated_at
    from public.settlements as settlement
    inner join public.merchants as merchant
        on merchant.merchant_id = settlement.merchant_id
    where (p_merchant_id is null or settlement.merchant_id = p_merchant_id)
        and (p_currency is null or settlement.currency = p_currency)
        and (p_status is null or settlement.status = p_status)
        and (
            p_breach is null
            or p_breach = (
                coalesce(settlement.settlement_date, p_as_of) > settlement.expected_settlement_date
            )
        )
        and (p_period_from is null or settlement.period_end > p_period_from)
        and (p_period_to is null or settlement.period_start <= p_period_to)
        and (p_expected_from is null or settlement.expected_settlement_date >= p_expected_from)
        and (p_expected_to is null or settlement.expected_settlement_date <= p_expected_to)
        and (p_paid_from is null or settlement.settlement_date >= p_paid_from)
        and (p_paid_to is null or settlement.settlement_date <= p_paid_to);
$$;

comment on function pipeline.list_settlements(
    text, text, text, boolean, date, date, date, date, date, date, date
) is
    'Settlements whose period has a day of a time, expected and paid within others, all days included; breach by their dates as of a day; null means any. Unordered: the caller pages by settlement_id, which begins with the period''s first day.';
