-- The newest complete UTC day that has payments.
-- Grain: one value; null without any. Reads: rollup.day_totals. Called by: DriftStage.
create function pipeline.find_newest_day(
    p_today date
) returns date
language sql
stable
parallel safe
as $$
    select max(total.payment_date)
    from rollup.day_totals as total
    where total.payment_date < p_today
        and total.transaction_count > 0;
$$;

comment on function pipeline.find_newest_day(date) is
    'The newest UTC day before the given one that has payments.';
