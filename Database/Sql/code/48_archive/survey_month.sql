-- Measures a month as one snapshot sees it: what its file must hold, and the totals that stay behind, in temporary tables.
-- Grain: one row. Reads: payments, customers, settlement_payments. Called by: ArchiveStage, in the repeatable read
-- transaction that also writes the file.
create function pipeline.survey_month(
    p_month date,
    out payment_columns text[],
    out payment_count bigint,
    out generated_count bigint,
    out totals jsonb,
    out checksum numeric,
    out settlement_checksum numeric,
    out versions text
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_from timestamptz := pipeline.day_start(p_month);
    v_until timestamptz := pipeline.day_start((p_month + interval '1 month')::date);
begin
    drop table if exists pg_temp.temp_surveyed_days, pg_temp.temp_surveyed_customers,
        pg_temp.temp_surveyed_settlements;

    create temporary table temp_surveyed_days as
    select
        (payment.transaction_date at time zone 'UTC')::date as payment_date,
        payment.merchant_id,
        payment.payment_status,
        coalesce(payment.payment_method, '') as payment_method,
        payment.currency,
        coalesce(customer.country, '') as customer_country,
        count(*) as transaction_count,
        sum(payment.amount) as total_amount,
        count(payment.processing_time_seconds) as timed_count,
        coalesce(sum(payment.processing_time_seconds), 0) as processing_seconds,
        count(*) filter (where payment.is_suspicious) as suspicious_count,
        sum(payment.amount * payment.amount) as amount_squares,
        count(*) filter (where payment.is_generated) as generated_count
    from public.payments as payment
    left join public.customers as customer on customer.customer_id = payment.customer_id
    where payment.transaction_date >= v_from
        and payment.transaction_date < v_until
    group by
        (payment.transaction_date at time zone 'UTC')::date,
        payment.merchant_id,
        payment.payment_status,
        coalesce(payment.payment_method, ''),
        payment.currency,
        coalesce(customer.country, '');

    create temporary table temp_surveyed_customers as
    select
        payment.customer_id,
        payment.currency,
        coalesce(customer.country, '') as customer_country,
        payment.transaction_count,
        payment.successful_count,
        payment.failed_count,
        payment.total_amount,
        payment.successful_amount,
        payment.last_transaction_date
    from (
        select
            payment.customer_id,
            payment.currency,
            count(*) as transaction_count,
            count(*) filter (where payment.payment_status = 'SUCCESS') as successful_count,
            count(*) filter (where payment.payment_status = 'FAILED') as failed_count,
            sum(payment.amount) as total_amount,
            coalesce(sum(payment.amount) filter (where payment.payment_status = 'SUCCESS'), 0)
                as successful_amount,
            max(payment.transaction_date) as last_transaction_date
        from public.payments as payment
        where payment.transaction_date >= v_from
            and payment.transaction_date < v_until
        group by
            payment.customer_id,
            payment.currency
    ) as payment
    left join public.customers as customer on customer.customer_id = payment.customer_id;

    create temporary table temp_surveyed_settlements as
    select
        link.settlement_id,
        count(*) as payment_count,
        sum(payment.amount) as total_amount,
        coalesce(sum(payment.amount) filter (where link.fee_amount is not null), 0)
            as priced_amount,
        sum(pipeline.row_hash(record_send(row(payment.payment_id, link.settlement_id)))) as checksum
    from public.payments as payment
    inner join public.settlement_payments as link on link.payment_id = payment.payment_id
    where payment.transaction_date >= v_from
        and payment.transaction_date < v_until
    group by link.settlement_id;

    payment_columns := array(
        select field.column_name
        from pipeline.list_payment_columns() as field
    );
    select
        measured.payment_count,
        measured.checksum
    into
        payment_count,
        checksum
    from pipeline.checksum_payments('public.payments', payment_columns, v_from, v_until) as measured;

    select
        coalesce(sum(total.generated), 0),
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'currency', total.currency,
                    'status', total.payment_status,
                    'payments', total.payments,
                    'amount', total.amount
                )
                order by
                    total.currency,
                    total.payment_status
            ),
            '[]'
        )
    into
        generated_count,
        totals
    from (
        select
            day.currency,
            day.payment_status,
            sum(day.transaction_count) as payments,
            sum(day.total_amount) as amount,
            sum(day.generated_count) as generated
        from pg_temp.temp_surveyed_days as day
        group by
            day.currency,
            day.payment_status
    ) as total;

    select coalesce(sum(settlement.checksum), 0)
    into settlement_checksum
    from pg_temp.temp_surveyed_settlements as settlement;

    versions := pipeline.month_versions(v_from, v_until);
end;
$$;

comment on function pipeline.survey_month(date) is
    'Counts, totals and checksums of a month''s payments, and the fingerprint of their row versions; leaves what is to stay in the session''s temporary tables surveyed_….';
