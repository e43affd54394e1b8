-- Adds payments to the rollups (sign 1) or takes them out (-1).
-- Grain: none. Reads: for sign -1 also public.payments.
-- Called by: load_batch, store_payments, recount_changed: whatever changes payments or their keys.
--
-- One table after the other, each in key order: concurrent batches meet the rows in the same order.
-- Taking out comes after the base table has changed, because last dates cannot be subtracted.
create function pipeline.add_to_rollups(
    p_payments staging.scored_payment[],
    p_sign int
) returns void
language plpgsql
set enable_hashagg = on
as $$
declare
    v_is_large boolean := cardinality(p_payments) > 1000;
    v_known_until date := 'infinity';
begin
    -- A batch has nearly as many of these cells as payments: in order they are needed anyway.
    -- (Until the next rollup, and at most until the function ends: see its settings.)
    if v_is_large then
        set local enable_hashagg = off;
    end if;
    -- Cells of days behind all that are known are new, and nearly as many as payments: a large batch
    -- inserts them without asking at every one whether it is there, which takes half the time. Where
    -- another batch was faster, they are added to its cells after all.
    if v_is_large and p_sign > 0 then
        select coalesce(max(cell.payment_date), '-infinity')
        into v_known_until
        from rollup.payment_days as cell;
        begin
            insert into rollup.payment_days
            select cell.*
            from pipeline.count_payment_days(p_payments, p_sign) as cell
            where cell.payment_date > v_known_until
            order by
                cell.payment_date,
                cell.merchant_id,
                cell.payment_status,
                cell.payment_method,
                cell.currency,
                cell.customer_country;
        exception
            when unique_violation then
                v_known_until := 'infinity';
        end;
    end if;

    insert into rollup.payment_days as cell
    select added.*
    from pipeline.count_payment_days(p_payments, p_sign) as added
    where added.payment_date <= v_known_until
    order by
        added.payment_date,
        added.merchant_id,
        added.payment_status,
        added.payment_method,
        added.currency,
        added.customer_country
    on conflict on constraint payment_days_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        total_amount = cell.total_amount + excluded.total_amount,
        timed_count = cell.timed_count + excluded.timed_count,
        processing_seconds = cell.processing_seconds + excluded.processing_seconds,
        suspicious_count = cell.suspicious_count + excluded.suspicious_count,
        amount_squares = cell.amount_squares + excluded.amount_squares;

    if v_is_large then
        set local enable_hashagg = on;
    end if;
    insert into rollup.day_totals as cell (
        payment_date,
        currency,
        payment_status,
        transaction_count,
        total_amount
    )
    select
        scored.payment_date,
        scored.currency,
        scored.payment_status,
        p_sign * count(*),
        p_sign * sum(scored.amount)
    from unnest(p_payments) as scored
    group by
        scored.payment_date,
        scored.currency,
        scored.payment_status
    order by
        scored.payment_date,
        scored.currency,
        scored.payment_status
    on conflict on constraint day_totals_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        total_amount = cell.total_amount + excluded.total_amount;

    insert into rollup.merchant_totals as cell (
        merchant_id,
        currency,
        transaction_count,
        successful_count,
        failed_count,
        total_amount,
        successful_amount
    )
    select
        scored.merchant_id,
        scored.currency,
        p_sign * count(*),
        p_sign * count(*) filter (where scored.payment_status = 'SUCCESS'),
        p_sign * count(*) filter (where scored.payment_status = 'FAILED'),
        p_sign * sum(scored.amount),
        p_sign * coalesce(
            sum(scored.amount) filter (where scored.payment_status = 'SUCCESS'), 0
        )
    from unnest(p_payments) as scored
    group by
        scored.merchant_id,
        scored.currency
    order by
        scored.merchant_id,
        scored.currency
    on conflict on constraint merchant_totals_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        successful_count = cell.successful_count + excluded.successful_count,
        failed_count = cell.failed_count + excluded.failed_count,
        total_amount = cell.total_amount + excluded.total_amount,
        successful_amount = cell.successful_amount + excluded.successful_amount;

    insert into rollup.customer_totals as cell (
        customer_id,
        currency,
        transaction_count,
        successful_count,
        failed_count,
        total_amount,
        successful_amount,
        last_transaction_date
    )
    select
        scored.customer_id,
        scored.currency,
        p_sign * count(*),
        p_sign * count(*) filter (where scored.payment_status = 'SUCCESS'),
        p_sign * count(*) filter (where scored.payment_status = 'FAILED'),
        p_sign * sum(scored.amount),
        p_sign * coalesce(
            sum(scored.amount) filter (where scored.payment_status = 'SUCCESS'), 0
        ),
        max(scored.transaction_date)
    from unnest(p_payments) as scored
    group by
        scored.customer_id,
        scored.currency
    order by
        scored.customer_id,
        scored.currency
    on conflict on constraint customer_totals_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        successful_count = cell.successful_count + excluded.successful_count,
        failed_count = cell.failed_count + excluded.failed_count,
        total_amount = cell.total_amount + excluded.total_amount,
        successful_amount = cell.successful_amount + excluded.successful_amount,
        last_transaction_date = greatest(
            cell.last_transaction_date, excluded.last_transaction_date
        );

    if p_sign < 0 then
        perform pipeline.tidy_rollups(p_payments);
    end if;
end;
$$;

comment on function pipeline.add_to_rollups(staging.scored_payment[], int) is
    'Adds payments to the rollups (sign 1) or takes them out (-1).';
