-- Amounts add up: the totals of the days from the first to the last that the run touched are those of all their payments.
-- Grain: one row; none for a run without payments, or whose days hold over a million (the nightly proof reads those).
-- Reads: public.payments, rollup.day_totals, archived_days. Called by: evaluate_assertions.
create function pipeline.expect_day_totals_equal_payments(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    with touched as materialized (
        select distinct payment.payment_date
        from pipeline.list_run_payments(p_run_id) as payment
    ),
    span as (
        select
            min(touched.payment_date) as first_day,
            max(touched.payment_date) as last_day
        from touched
    ),
    size as (
        select coalesce(sum(total.transaction_count), 0) as payments
        from span
        inner join rollup.day_totals as total
            on total.payment_date >= span.first_day
            and total.payment_date <= span.last_day
    ),
    -- One pass over the span: day by day, blocks that no vacuum has summarised yet would be read again for each.
    stored as (
        select
            (payment.transaction_date at time zone 'UTC')::date as payment_date,
            payment.currency,
            payment.payment_status,
            count(*) as transaction_count,
            sum(payment.amount) as total_amount
        from public.payments as payment
        where (select size.payments from size) <= 1000000
            and payment.transaction_date
                >= (select pipeline.day_start(span.first_day) from span)
            and payment.transaction_date
                < (select pipeline.day_start(span.last_day + 1) from span)
        group by
            (payment.transaction_date at time zone 'UTC')::date,
            payment.currency,
            payment.payment_status
    ),
    actual as (
        select
            cell.payment_date,
            cell.currency,
            cell.payment_status,
            sum(cell.transaction_count) as transaction_count,
            sum(cell.total_amount) as total_amount
        from (
            select
                stored.payment_date,
                stored.currency,
                stored.payment_status,
                stored.transaction_count,
                stored.total_amount
            from stored
            union all
            select
                archived.payment_date,
                archived.currency,
                archived.payment_status,
                archived.transaction_count,
                archived.total_amount
            from span
            inner join rollup.archived_days as archived
                on archived.payment_date >= span.first_day
                and archived.payment_date <= span.last_day
        ) as cell
        group by
            cell.payment_date,
            cell.currency,
            cell.payment_status
    ),
    kept as (
        select
            total.payment_date,
            total.currency,
            total.payment_status,
            total.transaction_count,
            total.total_amount
        from span
        inner join rollup.day_totals as total
            on total.payment_date >= span.first_day
            and total.payment_date <= span.last_day
    ),
    judged as (
        select
            coalesce(actual.payment_date, kept.payment_date) as payment_date,
            (actual.transaction_count, actual.total_amount)
                is not distinct from (kept.transaction_count, kept.total_amount) as holds
        from actual
        full join kept
            on kept.payment_date = actual.payment_date
            and kept.currency = actual.currency
            and kept.payment_status = actual.payment_status
    )
    select
        'error' as severity,
        bool_and(judged.holds) as holds,
        concat(count(*) filter (where not judged.holds), ' totals of other payments') as observed,
        '0 totals of other payments' as expected,
        concat(
            'for example on ', min(judged.payment_date) filter (where not judged.holds)
        ) as detail
    from judged
    where (select size.payments from size) <= 1000000
    having count(*) > 0;
$$;

comment on function pipeline.expect_day_totals_equal_payments(bigint, timestamptz) is
    'Counts and amounts of the days that the run touched equal those of their payments, by currency and status.';
