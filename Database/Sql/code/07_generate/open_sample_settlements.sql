-- Settlements of sample merchants that wait for their payout, oldest first.
-- Grain: settlement. Reads: settlements. Called by: PayoutStage.
create function pipeline.open_sample_settlements(
    p_expected_by date
) returns table (
    merchant_id varchar(50),
    currency char(3),
    period_start date
)
language sql
stable
as $$
    select
        settlement.merchant_id,
        settlement.currency,
        settlement.period_start
    from public.settlements as settlement
    where settlement.settlement_date is null
        and settlement.status = 'PENDING'
        and settlement.is_generated
        and settlement.expected_settlement_date <= p_expected_by
    order by
        settlement.period_start,
        settlement.merchant_id,
        settlement.currency;
$$;

comment on function pipeline.open_sample_settlements(date) is
    'Unpaid PENDING settlements of sample merchants that are expected by a day.';
