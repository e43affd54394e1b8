-- Compares everything that is kept besides the base tables with what they say; finds nothing when all is exact.
-- Grain: one row per difference; expected or actual is null where a row should not be, or is missing.
-- Reads: public.payments, payment_keys, customers, merchants, every rollup, ops.payment_history, settlements with
-- their links and adjustments.
-- Called by: the migrator's verify-rollups, tests.
create function pipeline.find_rollup_differences() returns table (
    subject text,
    row_key text,
    expected text,
    actual text
)
language sql
stable
parallel safe
as $$
    with expected_row as (
        select
            'rollup.payment_days' as subject,
            row(
                (payment.transaction_date at time zone 'UTC')::date,
                payment.merchant_id,
                payment.payment_status,
                coalesce(payment.payment_method, ''),
                payment.currency,
                coalesce(customer.country, '')
            )::text as row_key,
            row(
                count(*),
                sum(payment.amount),
                count(payment.processing_time_seconds),
                coalesce(sum(payment.processing_time_seconds), 0),
                count(*) filter (where payment.is_suspicious)
            )::text as content
        from public.payments as payment
        left join public.customers as customer on customer.customer_id = payment.customer_id
        group by
            (payment.transaction_date at time zone 'UTC')::date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, ''),
            payment.currency,
            coalesce(customer.country, '')
        union all
        select
            'rollup.day_totals',
            row(
                (payment.transaction_date at time zone 'UTC')::date,
                payment.currency,
                payment.payment_status
            )::text,
            row(count(*), sum(payment.amount))::text
        from public.payments as payment
        group by
            (payment.transaction_date at time zone 'UTC')::date,
            payment.currency,
            payment.payment_status
        union all
        select
            'rollup.merchant_totals',
            row(payment.merchant_id, payment.currency)::text,
            row(
                count(*),
                count(*) filter (where payment.payment_status = 'SUCCESS'),
                count(*) filter (where payment.payment_status = 'FAILED'),
                sum(payment.amount),
                coalesce(sum(payment.amount) filter (where payment.payment_status = 'SUCCESS'), 0)
                    ::numeric(24, 3)
            )::text
        from public.payments as payment
        group by
            payment.merchant_id,
            payment.currency
        union all
        select
            'rollup.customer_totals',
            row(payment.customer_id, payment.currency)::text,
            row(
                count(*),
                count(*) filter (where payment.payment_status = 'SUCCESS'),
                count(*) filter (where payment.payment_status = 'FAILED'),
                sum(payment.amount),
                coalesce(sum(payment.amount) filter (where payment.payment_status = 'SUCCESS'), 0)
                    ::numeric(24, 3),
                max(payment.transaction_date)
            )::text
        from public.payments as payment
        group by
            payment.customer_id,
            payment.currency
        union all
        select
            'public.payment_keys',
            payment.payment_id,
            payment.transaction_date::text
        from public.payments as payment
    ),
    actual_row as (
        select
            'rollup.payment_days' as subject,
            row(
                cell.payment_date,
                cell.merchant_id,
                cell.payment_status,
                cell.payment_method,
                cell.currency,
                cell.customer_country
            )::text as row_key,
            row(
                cell.transaction_count,
                cell.total_amount,
                cell.timed_count,
                cell.processing_seconds,
                cell.suspicious_count
            )::text as content
        from rollup.payment_days as cell
        union all
        select
            'rollup.day_totals',
            row(cell.payment_date, cell.currency, cell.payment_status)::text,
            row(cell.transaction_count, cell.total_amount)::text
        from rollup.day_totals as cell
        union all
        select
            'rollup.merchant_totals',
            row(cell.merchant_id, cell.currency)::text,
            row(
                cell.transaction_count,
                cell.successful_count,
                cell.failed_count,
                cell.total_amount,
                cell.successful_amount
            )::text
        from rollup.merchant_totals as cell
        union all
        select
            'rollup.customer_totals',
            row(cell.customer_id, cell.currency)::text,
            row(
                cell.transaction_count,
                cell.successful_count,
                cell.failed_count,
                cell.total_amount,
                cell.successful_amount,
                cell.last_transaction_date
            )::text
        from rollup.customer_totals as cell
        union all
        select
            'public.payment_keys',
            known.payment_id,
            known.transaction_date::text
        from public.payment_keys as known
    ),
    difference as (
        select
            coalesce(expected_row.subject, actual_row.subject) as subject,
            coalesce(expected_row.row_key, actual_row.row_key) as row_key,
            expected_row.content as expected,
            actual_row.content as actual
        from expected_row
        full join actual_row
            on actual_row.subject = expected_row.subject
            and actual_row.row_key = expected_row.row_key
        where expected_row.content is distinct from actual_row.content
        union all
        select
            'public.payments',
            payment.payment_id,
            'a known customer and merchant',
            format('customer %s, merchant %s', payment.customer_id, payment.merchant_id)
        from public.payments as payment
        left join public.customers as customer on customer.customer_id = payment.customer_id
        left join public.merchants as merchant on merchant.merchant_id = payment.merchant_id
        where customer.customer_id is null
            or merchant.merchant_id is null
        union all
        select
            'ops.payment_history',
            latest.payment_id,
            latest.new_status,
            payment.payment_status
        from (
            select distinct on (move.payment_id)
                move.payment_id,
                move.new_status
            from ops.payment_history as move
            order by
                move.payment_id,
                move.move_id desc
        ) as latest
        left join public.payment_keys as known on known.payment_id = latest.payment_id
        left join public.payments as payment
            on payment.payment_id = known.payment_id
            and payment.transaction_date = known.transaction_date
        where payment.payment_status is distinct from latest.new_status
        union all
        select
            'public.' || claim.kind || 's',
            claim.claim_id,
            'the latest word about a known payment in its currency',
            concat_ws(' ', claim.payment_id, claim.currency, claim.claim_status)
        from pipeline.list_claims() as claim
        left join public.payment_keys as known
            on known.payment_id = claim.payment_id collate "C"
        left join public.payments as payment
            on payment.payment_id = known.payment_id
            and payment.transaction_date = known.transaction_date
        left join (
            select distinct on (move.kind, move.claim_id)
                move.kind,
                move.claim_id,
                move.new_status
            from ops.claim_history as move
            order by
                move.kind,
                move.claim_id,
                move.move_id desc
        ) as latest
            on latest.kind = claim.kind
            and latest.claim_id = claim.claim_id
        where payment.currency is distinct from claim.currency
            or latest.new_status is distinct from claim.claim_status
        union all
        select
            'public.payments',
            payment.payment_id,
            'the status and the amount that its refunds say',
            concat_ws(' ', payment.payment_status, payment.amount)
        from (
            select
                refund.payment_id,
                sum(refund.amount) as live,
                coalesce(
                    sum(refund.amount) filter (where refund.refund_status = 'succeeded'), 0
                ) as refunded
            from public.refunds as refund
            where refund.refund_status not in ('failed', 'canceled')
            group by refund.payment_id
        ) as claimed
        inner join public.payment_keys as known on known.payment_id = claimed.payment_id
        inner join public.payments as payment
            on payment.payment_id = known.payment_id
            and payment.transaction_date = known.transaction_date
        where claimed.live > payment.amount
            or (claimed.refunded = payment.amount and payment.payment_status <> 'REFUNDED')
        union all
        select
            'public.settlements',
            concat_ws(' ', wrong.settlement_id, wrong.payment_id),
            'what its payments say',
            wrong.difference
        from pipeline.check_settlements() as wrong
    )
    select
        difference.subject,
        difference.row_key,
        difference.expected,
        difference.actual
    from difference
    order by
        difference.subject,
        difference.row_key,
        difference.actual;
$$;

comment on function pipeline.find_rollup_differences() is
    'Rows in which rollups, payment keys, history, settlement links or adjustments differ from the base tables, or a payment refers to nobody; none when all is exact.';
