-- Adds the payments of a lane of staging.scored_payments to the rollups (sign 1) or takes them out (-1).
-- Grain: none. Reads: staging.scored_payments; for sign -1 also public.payments.
-- Called by: load_batch, move_payments, remove_generated, upsert_customers: whatever changes payments or their keys.
--
-- One table after the other, each in key order: concurrent batches meet the rows in the same order.
-- Taking out comes after the base table has changed, because last dates cannot be subtracted.
create function pipeline.add_to_rollups(
    p_lane smallint,
    p_sign int
) returns void
language plpgsql
set work_mem = '64MB'
set enable_hashagg = on
set jit = off
as $$
begin
    -- A batch lies in this order already (score_payments) and has nearly as many cells as payments: neighbours are
    -- grouped as they come. (Until the next statement, and at most until the function ends: see its settings.)
    set local enable_hashagg = off;
    insert into rollup.payment_days as cell (
        payment_date,
        merchant_id,
        payment_status,
        payment_method,
        currency,
        customer_country,
        transaction_count,
        total_amount,
        timed_count,
        processing_seconds,
        suspicious_count
    )
    select
        scored.payment_date,
        scored.merchant_id,
        scored.payment_status,
        coalesce(scored.payment_method, '') as payment_method,
        scored.currency,
        scored.customer_country,
        p_sign * count(*),
        p_sign * sum(scored.amount),
        p_sign * count(scored.processing_time_seconds),
        p_sign * coalesce(sum(scored.processing_time_seconds), 0),
        p_sign * count(*) filter (where scored.is_suspicious)
    from staging.scored_payments as scored
    where scored.lane = p_lane
    group by
        scored.payment_date,
        scored.merchant_id,
        scored.payment_status,
        coalesce(scored.payment_method, ''),
        scored.currency,
        scored.customer_country
    order by
        scored.payment_date,
        scored.merchant_id,
        scored.payment_status,
        payment_method,
        scored.currency,
        scored.customer_country
    on conflict on constraint payment_days_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        total_amount = cell.total_amount + excluded.total_amount,
        timed_count = cell.timed_count + excluded.timed_count,
        processing_seconds = cell.processing_seconds + excluded.processing_seconds,
        suspicious_count = cell.suspicious_count + excluded.suspicious_count;

    set local enable_hashagg = on;
    insert into rollup.merchant_days as cell (
        merchant_id,
        payment_date,
        currency,
        transaction_count,
        total_amount,
        amount_squares
    )
    select
        scored.merchant_id,
        scored.payment_date,
        scored.currency,
        p_sign * count(*),
        p_sign * sum(scored.amount),
        p_sign * sum(scored.amount * scored.amount)
    from staging.scored_payments as scored
    where scored.lane = p_lane
    group by
        scored.merchant_id,
        scored.payment_date,
        scored.currency
    order by
        scored.merchant_id,
        scored.payment_date,
        scored.currency
    on conflict on constraint merchant_days_pkey do update set
        transaction_count = cell.transaction_count + excluded.transaction_count,
        total_amount = cell.total_amount + excluded.total_amount,
        amount_squares = cell.amount_squares + excluded.amount_squares;

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
    from staging.scored_payments as scored
    where scored.lane = p_lane
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
    from staging.scored_payments as scored
    where scored.lane = p_lane
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
    from staging.scored_payments as scored
    where scored.lane = p_lane
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
        perform pipeline.tidy_rollups(p_lane);
    end if;
end;
$$;

comment on function pipeline.add_to_rollups(smallint, int) is
    'Adds the payments of a lane of staging.scored_payments to the rollups (sign 1) or takes them out (-1).';
