-- What a typical payment of a currency amounts to.
-- Grain: one value; 1 without any payment. Reads: rollup.day_totals. Called by: raise_alerts_of_batches, expire_alerts.
create function pipeline.measure_currency(
    p_currency text,
    p_now timestamptz
) returns numeric
language sql
stable
parallel safe
as $$
    select coalesce(
        -- Of the last 90 days; over all time where these have none, as in history that is loaded anew.
        (
            select round(sum(day.total_amount) / nullif(sum(day.transaction_count), 0), 3)
            from rollup.day_totals as day
            where day.currency = p_currency
                and day.payment_date > (p_now at time zone 'UTC')::date - 90
            having sum(day.total_amount) > 0
        ),
        (
            select round(sum(day.total_amount) / nullif(sum(day.transaction_count), 0), 3)
            from rollup.day_totals as day
            where day.currency = p_currency
            having sum(day.total_amount) > 0
        ),
        1
    );
$$;

comment on function pipeline.measure_currency(text, timestamptz) is
    'The mean amount of a currency''s payments of the last 90 days, or of all time where those have none.';
