-- Months before a day of which the store holds payments, oldest first.
-- Grain: one month. Reads: rollup.day_totals, rollup.archived_days. Called by: ArchiveRun.
create function pipeline.list_archivable_months(
    p_before date
) returns table (payment_month date)
language sql
stable
parallel safe
as $$
    with counted as (
        select
            total.payment_date,
            total.transaction_count
        from rollup.day_totals as total
        union all
        select
            archived.payment_date,
            -archived.transaction_count
        from rollup.archived_days as archived
    )
    select date_trunc('month', counted.payment_date::timestamp)::date as payment_month
    from counted
    where counted.payment_date < p_before
    group by date_trunc('month', counted.payment_date::timestamp)::date
    having sum(counted.transaction_count) > 0
    order by payment_month;
$$;

comment on function pipeline.list_archivable_months(date) is
    'First days of the months before a day of which payments are in the store, oldest first.';
