-- Takes a month out of the store that its file is proved to hold, and puts its totals in its place: all or nothing.
-- Grain: none. Reads: what survey_month left in this session. Called by: ArchiveStage, once the file has been read back.
--
-- With the lock `parties` to itself no batch is under way; a row that came, changed or went since the survey, or a customer
-- that has moved, raises PR002: the month is then surveyed and written again.
create function pipeline.complete_archive(
    p_run_id bigint,
    p_attempt int,
    p_archive_id bigint,
    p_file_size bigint,
    p_file_sha256 text,
    p_payment_columns text[],
    p_payment_count bigint,
    p_generated_count bigint,
    p_totals jsonb,
    p_checksum numeric,
    p_versions text
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_month date;
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    perform pipeline.lock_settlements();

    update ops.archived_months as archive
    set
        status = 'archived',
        file_size = p_file_size,
        file_sha256 = p_file_sha256,
        payment_columns = p_payment_columns,
        payment_count = p_payment_count,
        generated_count = p_generated_count,
        totals = p_totals,
        checksum = p_checksum,
        archived_at = now()
    where archive.archive_id = p_archive_id
        and archive.status = 'writing'
    returning archive.payment_month into strict v_month;

    if p_versions <> pipeline.month_versions(
        pipeline.day_start(v_month),
        pipeline.day_start((v_month + interval '1 month')::date)
    )
    or exists (
        select
        from pg_temp.temp_surveyed_customers as surveyed
        left join public.customers as customer on customer.customer_id = surveyed.customer_id
        where coalesce(customer.country, '') <> surveyed.customer_country
    ) then
        raise exception 'payments of % have changed while they were archived', to_char(v_month, 'YYYY-MM')
            using errcode = 'PR002';
    end if;

    insert into rollup.archived_days (
        archive_id,
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
        suspicious_count,
        amount_squares
    )
    select
        p_archive_id,
        day.payment_date,
        day.merchant_id,
        day.payment_status,
        day.payment_method,
        day.currency,
        day.customer_country,
        day.transaction_count,
        day.total_amount,
        day.timed_count,
        day.processing_seconds,
        day.suspicious_count,
        day.amount_squares
    from pg_temp.temp_surveyed_days as day;

    insert into rollup.archived_customers (
        archive_id,
        customer_id,
        currency,
        customer_country,
        transaction_count,
        successful_count,
        failed_count,
        total_amount,
        successful_amount,
        last_transaction_date
    )
    select
        p_archive_id,
        customer.customer_id,
        customer.currency,
        customer.customer_country,
        customer.transaction_count,
        customer.successful_count,
        customer.failed_count,
        customer.total_amount,
        customer.successful_amount,
        customer.last_transaction_date
    from pg_temp.temp_surveyed_customers as customer;

    insert into rollup.archived_settlements (
        archive_id,
        settlement_id,
        payment_count,
        total_amount,
        priced_amount
    )
    select
        p_archive_id,
        settlement.settlement_id,
        settlement.payment_count,
        settlement.total_amount,
        settlement.priced_amount
    from pg_temp.temp_surveyed_settlements as settlement;

    perform pipeline.drop_payment_partition(v_month);
end;
$$;

comment on function pipeline.complete_archive(
    bigint, int, bigint, bigint, text, text[], bigint, bigint, jsonb, numeric, text
) is
    'Drops a month''s partition and keeps its totals, file and proof; PR002 when the month has changed since it was surveyed.';
