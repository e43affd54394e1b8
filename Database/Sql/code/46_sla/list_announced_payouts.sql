-- Until when processors have announced payouts to merchants.
-- Grain: merchant x currency; only of those whose payouts are announced at all.
-- Reads: reconciliation.accounts, reconciliation.payouts. Called by: list_sla_forecast.
create function pipeline.list_announced_payouts(
    p_from date
) returns table (
    merchant_id varchar,
    currency varchar,
    arrival_date date
)
language sql
stable
parallel safe
as $$
    select
        account.merchant_id,
        payout.currency::varchar,
        max(payout.arrival_date) filter (
            where payout.status in ('pending', 'in_transit', 'paid')
        )
    from reconciliation.accounts as account
    inner join reconciliation.payouts as payout
        on payout.processor = account.processor
        and payout.account = account.account
    where account.merchant_id is not null
        and payout.arrival_date >= p_from
    group by
        account.merchant_id,
        payout.currency;
$$;

comment on function pipeline.list_announced_payouts(date) is
    'The latest day from p_from on for which a processor has announced a payout to a merchant; null where it has announced none that stands.';
