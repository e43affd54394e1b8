-- Compares everything that is kept besides the base tables with what they say; finds nothing when all is exact.
-- Grain: one row per difference; expected or actual is null where a row should not be, or is missing.
-- Reads: public.payments, payment_keys, customers, merchants, every rollup, ops.archived_months, payment_history,
-- settlements with their links and adjustments.
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
    -- Joined in the columns' own types, each table by itself; only what differs becomes text.
    -- What is in the store, and of what is archived the totals that stand for it.
    with day_part as (
        select
            (payment.transaction_date at time zone 'UTC')::date as payment_date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, '') as payment_method,
            payment.currency,
            coalesce(customer.country, '') collate "C" as customer_country,
            count(*) as transaction_count,
            sum(payment.amount) as total_amount,
            count(payment.processing_time_seconds) as timed_count,
            coalesce(sum(payment.processing_time_seconds), 0) as processing_seconds,
            count(*) filter (where payment.is_suspicious) as suspicious_count,
            sum(payment.amount * payment.amount) as amount_squares
        from public.payments as payment
        left join public.customers as customer on customer.customer_id = payment.customer_id
        group by
            (payment.transaction_date at time zone 'UTC')::date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, ''),
            payment.currency,
            coalesce(customer.country, '') collate "C"
        union all
        select
            archived.payment_date,
            archived.merchant_id,
            archived.payment_status,
            archived.payment_method,
            archived.currency,
            archived.customer_country,
            archived.transaction_count,
            archived.total_amount,
            archived.timed_count,
            archived.processing_seconds,
            archived.suspicious_count,
            coalesce(archived.amount_squares, 0)
        from rollup.archived_days as archived
    ),
    day_cell as (
        select
            part.payment_date,
            part.merchant_id,
            part.payment_status,
            part.payment_method,
            part.currency,
            part.customer_country,
            row(
                sum(part.transaction_count)::bigint,
                sum(part.total_amount),
                sum(part.timed_count)::bigint,
                sum(part.processing_seconds)::bigint,
                sum(part.suspicious_count)::bigint,
                sum(part.amount_squares)::numeric(48, 6)
            ) as content
        from day_part as part
        group by
            part.payment_date,
            part.merchant_id,
            part.payment_status,
            part.payment_method,
            part.currency,
            part.customer_country
    ),
    day_total as (
        select
            part.payment_date,
            part.currency,
            part.payment_status,
            row(sum(part.transaction_count)::bigint, sum(part.total_amount)) as content
        from day_part as part
        group by
            part.payment_date,
            part.currency,
            part.payment_status
    ),
    merchant_total as (
        select
            part.merchant_id,
            part.currency,
            row(
                sum(part.transaction_count)::bigint,
                coalesce(
                    sum(part.transaction_count) filter (where part.payment_status = 'SUCCESS'), 0
                )::bigint,
                coalesce(
                    sum(part.transaction_count) filter (where part.payment_status = 'FAILED'), 0
                )::bigint,
                sum(part.total_amount),
                coalesce(sum(part.total_amount) filter (where part.payment_status = 'SUCCESS'), 0)
                    ::numeric(24, 3)
            ) as content
        from day_part as part
        group by
            part.merchant_id,
            part.currency
    ),
    customer_part as (
        select
            payment.customer_id,
            payment.currency,
            count(*) as transaction_count,
            count(*) filter (where payment.payment_status = 'SUCCESS') as successful_count,
            count(*) filter (where payment.payment_status = 'FAILED') as failed_count,
            sum(payment.amount) as total_amount,
            coalesce(sum(payment.amount) filter (where payment.payment_status = 'SUCCESS'), 0)
                ::numeric(24, 3) as successful_amount,
            max(payment.transaction_date) as last_transaction_date
        from public.payments as payment
        group by
            payment.customer_id,
            payment.currency
        union all
        select
            archived.customer_id,
            archived.currency,
            archived.transaction_count,
            archived.successful_count,
            archived.failed_count,
            archived.total_amount,
            archived.successful_amount,
            archived.last_transaction_date
        from rollup.archived_customers as archived
    ),
    customer_total as (
        select
            part.customer_id,
            part.currency,
            row(
                sum(part.transaction_count)::bigint,
                sum(part.successful_count)::bigint,
                sum(part.failed_count)::bigint,
                sum(part.total_amount),
                sum(part.successful_amount),
                max(part.last_transaction_date)
            ) as content
        from customer_part as part
        group by
            part.customer_id,
            part.currency
    ),
    kept_day_cell as (
        select
            cell.payment_date,
            cell.merchant_id,
            cell.payment_status,
            cell.payment_method,
            cell.currency,
            cell.customer_country,
            row(
                cell.transaction_count,
                cell.total_amount,
                cell.timed_count,
                cell.processing_seconds,
                cell.suspicious_count,
                cell.amount_squares
            ) as content
        from rollup.payment_days as cell
    ),
    kept_day_total as (
        select
            cell.payment_date,
            cell.currency,
            cell.payment_status,
            row(cell.transaction_count, cell.total_amount) as content
        from rollup.day_totals as cell
    ),
    kept_merchant_total as (
        select
            cell.merchant_id,
            cell.currency,
            row(
                cell.transaction_count,
                cell.successful_count,
                cell.failed_count,
                cell.total_amount,
                cell.successful_amount
            ) as content
        from rollup.merchant_totals as cell
    ),
    kept_customer_total as (
        select
            cell.customer_id,
            cell.currency,
            row(
                cell.transaction_count,
                cell.successful_count,
                cell.failed_count,
                cell.total_amount,
                cell.successful_amount,
                cell.last_transaction_date
            ) as content
        from rollup.customer_totals as cell
    ),
    difference as (
        select
            'rollup.payment_days' as subject,
            row(
                payment_date,
                merchant_id,
                payment_status,
                payment_method,
                currency,
                customer_country
            )::text as row_key,
            day_cell.content::text as expected,
            kept_day_cell.content::text as actual
        from day_cell
        full join kept_day_cell using (
            payment_date,
            merchant_id,
            payment_status,
            payment_method,
            currency,
            customer_country
        )
        where day_cell.content is distinct from kept_day_cell.content
        union all
        select
            'rollup.day_totals',
            row(payment_date, currency, payment_status)::text,
            day_total.content::text,
            kept_day_total.content::text
        from day_total
        full join kept_day_total using (payment_date, currency, payment_status)
        where day_total.content is distinct from kept_day_total.content
        union all
        select
            'rollup.merchant_totals',
            row(merchant_id, currency)::text,
            merchant_total.content::text,
            kept_merchant_total.content::text
        from merchant_total
        full join kept_merchant_total using (merchant_id, currency)
        where merchant_total.content is distinct from kept_merchant_total.content
        union all
        select
            'rollup.customer_totals',
            row(customer_id, currency)::text,
            customer_total.content::text,
            kept_customer_total.content::text
        from customer_total
        full join kept_customer_total using (customer_id, currency)
        where customer_total.content is distinct from kept_customer_total.content
        union all
        select
            'public.payment_keys',
            payment_id,
            payment.transaction_date::text,
            known.transaction_date::text
        from public.payments as payment
        full join public.payment_keys as known using (payment_id)
        where payment.transaction_date is distinct from known.transaction_date
            and not (
                payment.transaction_date is null
                and pipeline.is_archived(known.transaction_date)
            )
        union all
        -- A key without its payment is that of an archived one, as many as were archived.
        select
            'public.payment_keys',
            'archived of ' || payment_month,
            archived.payments::text,
            bare.payments::text
        from (
            select
                archive.payment_month,
                sum(archive.payment_count) as payments
            from ops.archived_months as archive
            where archive.status = 'archived'
            group by archive.payment_month
        ) as archived
        full join (
            select
                date_trunc('month', known.transaction_date at time zone 'UTC')::date
                    as payment_month,
                count(*) as payments
            from public.payment_keys as known
            where pipeline.is_archived(known.transaction_date)
                and not exists (
                    select
                    from public.payments as payment
                    where payment.payment_id = known.payment_id
                        and payment.transaction_date = known.transaction_date
                )
            group by date_trunc('month', known.transaction_date at time zone 'UTC')::date
        ) as bare using (payment_month)
        where archived.payments is distinct from bare.payments
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
            and not (payment.payment_id is null and pipeline.is_archived(known.transaction_date))
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
        where (
                payment.currency is distinct from claim.currency
                and not (payment.payment_id is null and pipeline.is_archived(known.transaction_date))
            )
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
