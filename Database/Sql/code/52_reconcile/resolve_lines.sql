-- Finds the payments of the processor lines that have no match yet, the new ones and those that wait, for this session:
-- match_lines goes through them bucket by bucket. All lines of a payment are in one bucket, so that duplicates meet.
-- Grain: one value, the lines. Reads: seen_lines, reconciliation.processor_lines, waiting_lines, line_matches,
-- match_group_items, accounts, payment_keys, payments, list_terms_spans, list_fee_spans.
-- Called by: ReconcileStage.
create function pipeline.resolve_lines(
    p_run_id bigint
) returns bigint
language plpgsql
set client_min_messages = warning
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_run reconciliation.runs;
    v_seen bigint;
    v_lines bigint;
begin
    select run.*
    into strict v_run
    from reconciliation.runs as run
    where run.run_id = p_run_id;

    v_seen := pipeline.seen_lines(p_run_id);
    drop table if exists temp_reconciling;
    create temporary table temp_reconciling_payment as
    with asked as (
        select line.*
        from reconciliation.processor_lines as line
        where line.line_id > v_seen
            and not exists (
                select
                from reconciliation.line_matches as match
                where match.line_id = line.line_id
            )
        union all
        select line.*
        from reconciliation.waiting_lines as waiting
        inner join reconciliation.processor_lines as line
            on line.line_id = waiting.line_id
        where waiting.line_id <= v_seen
    ),
    line as (
        select
            line.line_id,
            line.processor,
            line.account,
            case line.category
                when 'payment' then 'payment'
                when 'refund' then 'refund'
                when 'chargeback' then 'dispute'
                when 'refund_failed' then 'returned'
                else 'won'
            end as kind,
            line.currency,
            line.gross,
            line.fee,
            line.presentment_amount,
            line.presentment_currency,
            line.exchange_rate,
            line.occurred_at,
            coalesce(line.payment_reference, line.processor_reference) as reference,
            line.processor_reference
        from asked as line
        where line.line_id <= v_run.newest_line
            and line.category in (
                'payment', 'refund', 'refund_failed', 'chargeback', 'chargeback_reversed'
            )
            and line.occurred_at >= pipeline.day_start(coalesce(v_run.from_day, '-infinity'))
            and line.occurred_at < pipeline.day_start(coalesce(v_run.to_day + 1, 'infinity'))
            and not exists (
                select
                from reconciliation.match_group_items as item
                where item.item_key = line.line_id::text
                    and item.item_kind = 'line'
                    and item.level = 'payment'
                    and item.is_standing
            )
    )
    select
        line.*,
        key.payment_id,
        key.transaction_date,
        payment.merchant_id,
        payment.amount,
        payment.currency as payment_currency,
        coalesce(payment.payment_method, '') as payment_method,
        payment.payment_status
    from line
    left join public.payment_keys as key
        on key.payment_id = line.reference
    left join public.payments as payment
        on payment.payment_id = key.payment_id
            and payment.transaction_date = key.transaction_date;
    get diagnostics v_lines = row_count;

    -- Some processors give their own reference where ours is due.
    update temp_reconciling_payment as line
    set
        payment_id = key.payment_id,
        transaction_date = key.transaction_date,
        merchant_id = payment.merchant_id,
        amount = payment.amount,
        payment_currency = payment.currency,
        payment_method = coalesce(payment.payment_method, ''),
        payment_status = payment.payment_status
    from public.payment_keys as key
    left join public.payments as payment
        on payment.payment_id = key.payment_id
            and payment.transaction_date = key.transaction_date
    where line.payment_id is null
        and line.processor_reference <> line.reference
        and key.payment_id = line.processor_reference;
    analyze temp_reconciling_payment (payment_id, merchant_id, payment_currency, payment_method);

    create temporary table temp_reconciling_terms as
    select
        span.merchant_id,
        span.starts_at,
        span.ends_at,
        span.time_zone,
        span.day_shift,
        span.valid_from,
        span.valid_until
    from pipeline.list_terms_spans(
        array(
            select distinct line.merchant_id::text
            from temp_reconciling_payment as line
            where line.merchant_id is not null
        )
    ) as span;
    create temporary table temp_reconciling_fee as
    with asked as (
        select distinct
            line.merchant_id,
            line.payment_currency,
            line.payment_method
        from temp_reconciling_payment as line
        where line.merchant_id is not null
    ),
    listed as (
        select
            array_agg(asked.merchant_id::text) as merchant_ids,
            array_agg(asked.payment_currency::text) as currencies,
            array_agg(asked.payment_method::text) as payment_methods
        from asked
    )
    select span.*
    from listed
    cross join lateral pipeline.list_fee_spans(
        listed.merchant_ids, listed.currencies, listed.payment_methods
    ) as span;
    analyze temp_reconciling_terms;
    analyze temp_reconciling_fee;

    create temporary table temp_reconciling as
    select
        line.*,
        (hashtextextended(coalesce(line.payment_id, line.reference, ''), 0) & 2147483647)::int
            as hash,
        account.merchant_id as account_merchant_id,
        coalesce(account.compares_fees, true) as compares_fees,
        coalesce(account.payment_days, 3) as payment_days,
        line.payment_status in ('SUCCESS', 'REFUNDED') as is_paid,
        line.payment_status = 'REFUNDED' as is_refunded,
        matched.line_id is not null or taken.match_id is not null as is_taken,
        -- Our fee is not rounded payment by payment, a processor's is.
        round(
            case
                when fee.fee_id is null then line.amount * fee.commission_rate * 0.01
                else pipeline.fee(
                    line.amount, fee.percent, fee.fixed_amount, fee.minimum_amount
                )
            end,
            least(currency.minor_digits, 3)
        ) as exact_fee,
        least(currency.minor_digits, 3) as digits
    from temp_reconciling_payment as line
    left join reconciliation.accounts as account
        on account.processor = line.processor
            and account.account = line.account
    left join reconciliation.line_matches as matched
        on matched.item_key = line.payment_id
            and matched.item_kind = 'payment'
    left join reconciliation.match_group_items as taken
        on taken.item_key = line.payment_id
            and taken.item_kind = 'payment'
            and taken.level = 'payment'
            and taken.is_standing
    left join public.currencies as currency
        on currency.currency = line.currency
    left join temp_reconciling_terms as terms
        on terms.merchant_id = line.merchant_id
            and line.transaction_date >= terms.starts_at
            and line.transaction_date < terms.ends_at
    left join temp_reconciling_fee as fee
        on fee.merchant_id = line.merchant_id
            and fee.currency = line.payment_currency
            and fee.payment_method = line.payment_method
            and pipeline.processing_day(
                line.transaction_date,
                terms.time_zone,
                terms.day_shift,
                terms.valid_from,
                terms.valid_until
            ) >= fee.valid_from
            and pipeline.processing_day(
                line.transaction_date,
                terms.time_zone,
                terms.day_shift,
                terms.valid_from,
                terms.valid_until
            ) < fee.valid_until;
    drop table temp_reconciling_payment, temp_reconciling_terms, temp_reconciling_fee;

    update reconciliation.runs as run
    set
        lines_expected = v_lines,
        buckets = least(greatest(v_lines / 250000, 1), 64)
    where run.run_id = p_run_id
        and run.buckets = 0;
    return v_lines;
end;
$$;

comment on function pipeline.resolve_lines(bigint) is
    'Makes the session''s table of processor lines without a match, each with its payment; returns how many.';
