-- Until when processors have announced payouts to merchants.
-- Grain: merchant x currency; only of those whose payouts are announced at all. Reads: nothing yet. Called by: list_sla_forecast.
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
        null::varchar,
        null::varchar,
        null::date
    where false;
$$;

comment on function pipeline.list_announced_payouts(date) is
    'The latest day from p_from on for which a processor has announced a payout to a merchant; null where it has announced none since.';
