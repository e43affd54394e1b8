-- Puts a month back that has been read into its table: proves it equal to what was archived, and takes back what stood for it.
-- Grain: none. Reads: ops.archived_months, staging.payments_YYYY_MM, rollup.archived_…, customers, merchants.
-- Called by: RestoreStage, at the end of the transaction that filled the table.
--
-- The rollups count archived payments all the time, so only customers who have moved since change them:
-- staging.changed_payments holds their payments as they are counted, then as they are to be (as in upsert_customers). A payment whose merchant has
-- become one that we settle makes its batch due again.
create function pipeline.complete_restore(
    p_run_id bigint,
    p_attempt int,
    p_archive_id bigint,
    p_table text
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_archive ops.archived_months;
    v_read record;
    v_moved boolean;
begin
    select archive.*
    into strict v_archive
    from ops.archived_months as archive
    where archive.archive_id = p_archive_id
        and archive.status = 'archived'
    for update;

    select measured.*
    into v_read
    from pipeline.checksum_payments(
        p_table::regclass,
        v_archive.payment_columns,
        pipeline.day_start(v_archive.payment_month),
        pipeline.day_start((v_archive.payment_month + interval '1 month')::date)
    ) as measured;
    if (v_read.payment_count, v_read.checksum) <> (v_archive.payment_count, v_archive.checksum) then
        raise exception 'the file % holds other payments than were archived', v_archive.file_name
            using errcode = 'data_corrupted';
    end if;

    perform pipeline.assert_run_owner(p_run_id, p_attempt);
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    perform pipeline.lock_settlements();
    truncate staging.changed_payments;

    execute format(
        $query$
        insert into staging.changed_payments (
            payment_date,
            payment_id,
            customer_id,
            customer_country,
            merchant_id,
            amount,
            currency,
            payment_method,
            payment_status,
            transaction_date,
            processing_time_seconds,
            risk_score,
            is_suspicious
        )
        select
            (payment.transaction_date at time zone 'UTC')::date,
            payment.payment_id,
            payment.customer_id,
            archived.customer_country,
            payment.merchant_id,
            payment.amount,
            payment.currency,
            payment.payment_method,
            payment.payment_status,
            payment.transaction_date,
            payment.processing_time_seconds,
            payment.risk_score,
            payment.is_suspicious
        from rollup.archived_customers as archived
        inner join public.customers as customer on customer.customer_id = archived.customer_id
        inner join %s as payment
            on payment.customer_id = archived.customer_id
            and payment.currency = archived.currency
        where archived.archive_id = $1
            and archived.customer_country <> coalesce(customer.country, '')
        $query$,
        p_table
    )
    using p_archive_id;
    v_moved := found;

    execute format(
        $query$
        with due as (
            select
                payment.batch_id,
                min((payment.transaction_date at time zone 'UTC')::date) as payment_date
            from %s as payment
            inner join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
            where payment.payment_status = 'SUCCESS'
                and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
                and not exists (
                    select
                    from public.settlement_payments as link
                    where link.payment_id = payment.payment_id
                )
            group by payment.batch_id
        )
        update ops.batches as batch
        set unsettled_from = least(batch.unsettled_from, due.payment_date)
        from due
        where batch.batch_id = due.batch_id
        $query$,
        p_table
    );

    -- Archived before squares were counted: now they can be.
    if exists (
        select
        from rollup.archived_days as archived
        where archived.archive_id = p_archive_id
            and archived.amount_squares is null
    ) then
        execute format(
            $query$
            update rollup.payment_days as cell
            set amount_squares = cell.amount_squares + read.amount_squares
            from (
                select
                    (payment.transaction_date at time zone 'UTC')::date as payment_date,
                    payment.merchant_id,
                    payment.payment_status,
                    coalesce(payment.payment_method, '') as payment_method,
                    payment.currency,
                    archived.customer_country,
                    sum(payment.amount * payment.amount) as amount_squares
                from %s as payment
                inner join rollup.archived_customers as archived
                    on archived.customer_id = payment.customer_id
                    and archived.currency = payment.currency
                where archived.archive_id = $1
                group by
                    (payment.transaction_date at time zone 'UTC')::date,
                    payment.merchant_id,
                    payment.payment_status,
                    coalesce(payment.payment_method, ''),
                    payment.currency,
                    archived.customer_country
            ) as read
            where cell.payment_date = read.payment_date
                and cell.merchant_id = read.merchant_id
                and cell.payment_status = read.payment_status
                and cell.payment_method = read.payment_method
                and cell.currency = read.currency
                and cell.customer_country = read.customer_country
            $query$,
            p_table
        )
        using p_archive_id;
    end if;

    perform pipeline.attach_restored_table(v_archive.payment_month);
    delete from rollup.archived_days as archived
    where archived.archive_id = p_archive_id;
    delete from rollup.archived_customers as archived
    where archived.archive_id = p_archive_id;
    delete from rollup.archived_settlements as archived
    where archived.archive_id = p_archive_id;

    if v_moved then
        perform pipeline.recount_changed(-1);
        update staging.changed_payments as moved
        set customer_country = coalesce(customer.country, '')
        from public.customers as customer
        where customer.customer_id = moved.customer_id;
        perform pipeline.recount_changed(1);
    end if;

    update ops.archived_months as archive
    set
        status = 'restored',
        restored_at = now(),
        restore_run_id = p_run_id
    where archive.archive_id = p_archive_id;
end;
$$;

comment on function pipeline.complete_restore(bigint, int, bigint, text) is
    'Attaches a month that was read from its file, once proved equal to what was archived, and drops the totals that stood for it.';
