-- After payments were taken out: drops rollup rows that count nothing and finds last dates anew.
-- Grain: none. Reads: public.payments, rollup.archived_customers.
-- Called by: add_to_rollups with sign -1, after the base table has changed.
create function pipeline.tidy_rollups(
    p_payments staging.scored_payment[]
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
begin
    delete from rollup.payment_days as cell
    using (
        select distinct
            scored.payment_date,
            scored.merchant_id
        from unnest(p_payments) as scored
    ) as touched
    where cell.payment_date = touched.payment_date
        and cell.merchant_id = touched.merchant_id
        and cell.transaction_count = 0;

    delete from rollup.day_totals as cell
    where cell.transaction_count = 0;

    delete from rollup.merchant_totals as cell
    where cell.transaction_count = 0;

    delete from rollup.customer_totals as cell
    where cell.transaction_count = 0;

    update rollup.customer_totals as cell
    set last_transaction_date = greatest(
        (
            select max(payment.transaction_date)
            from public.payments as payment
            where payment.customer_id = cell.customer_id
                and payment.currency = cell.currency
        ),
        (
            select max(archived.last_transaction_date)
            from rollup.archived_customers as archived
            where archived.customer_id = cell.customer_id
                and archived.currency = cell.currency
        )
    )
    from (
        select distinct
            scored.customer_id,
            scored.currency
        from unnest(p_payments) as scored
    ) as touched
    where cell.customer_id = touched.customer_id
        and cell.currency = touched.currency;
end;
$$;

comment on function pipeline.tidy_rollups(staging.scored_payment[]) is
    'Drops rollup rows that count nothing any more and recomputes the last dates of touched customers.';
