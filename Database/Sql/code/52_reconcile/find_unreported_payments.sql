-- Finds payments and refunds of merchants with an account that the account's lines do not report, in the days that its new lines
-- cover. What may still come (the newest lines are fewer days away than the account allows) is timing, not missing.
-- Grain: one value, the differences opened. Reads: reconciliation.accounts, processor_lines, line_matches, match_groups,
-- match_group_items, runs, payments, refunds. Called by: ReconcileStage.
create function pipeline.find_unreported_payments(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_run reconciliation.runs;
    v_seen bigint;
begin
    select run.*
    into strict v_run
    from reconciliation.runs as run
    where run.run_id = p_run_id;

    -- Without days given, only what is new since the last whole run is looked at: what it found missing is known.
    v_seen := case when v_run.from_day is null then pipeline.seen_lines(p_run_id) else 0 end;

    create temporary table temp_new_line as
    select
        line.processor,
        line.account,
        min(line.occurred_at) as new_from,
        max(line.occurred_at) as new_until
    from reconciliation.processor_lines as line
    where line.category = 'payment'
        and line.line_id > v_seen
        and line.line_id <= v_run.newest_line
    group by
        line.processor,
        line.account;
    analyze temp_new_line;
    update reconciliation.accounts as account
    set
        lines_from = least(account.lines_from, new_line.new_from),
        lines_until = greatest(account.lines_until, new_line.new_until)
    from temp_new_line as new_line
    where account.processor = new_line.processor
        and account.account = new_line.account
        and (
            account.lines_from is null
            or new_line.new_from < account.lines_from
            or new_line.new_until > account.lines_until
        );

    create temporary table temp_covered_account as
    with covered as (
        select
            account.merchant_id,
            min(account.processor) as processor,
            min(account.account) as account,
            max(account.payment_days) as payment_days,
            min(new_line.new_from) as new_from,
            min(account.lines_from) as covered_from,
            max(account.lines_until) as covered_until
        from reconciliation.accounts as account
        left join temp_new_line as new_line
            on new_line.processor = account.processor
                and new_line.account = account.account
        where account.merchant_id is not null
            and account.opens_differences
            and account.lines_from is not null
        group by account.merchant_id
    )
    select
        covered.merchant_id,
        covered.processor,
        covered.account,
        covered.payment_days,
        greatest(
            covered.covered_from,
            covered.new_from - make_interval(days => covered.payment_days),
            pipeline.day_start(coalesce(v_run.from_day, '-infinity'))
        ) as covered_from,
        least(
            covered.covered_until,
            pipeline.day_start(coalesce(v_run.to_day + 1, 'infinity')) - interval '1 microsecond'
        ) as covered_until,
        covered.covered_until - make_interval(days => covered.payment_days) as complete_until
    from covered
    where covered.new_from is not null;
    analyze temp_covered_account;

    insert into staging.found_differences
    with new_refund as (
        select refund.*
        from public.refunds as refund
        where refund.refund_status = 'succeeded'
            and refund.refund_date >= (
                select min(covered.covered_from)
                from temp_covered_account as covered
            )
    ),
    paid as (
        select
            match.item_key,
            match.merchant_id
        from new_refund as refund
        inner join reconciliation.line_matches as match
            on match.item_key = refund.payment_id
                and match.item_kind = 'payment'
        union
        select
            item.item_key,
            match.merchant_id
        from new_refund as refund
        inner join reconciliation.match_group_items as item
            on item.item_key = refund.payment_id
                and item.item_kind = 'payment'
                and item.level = 'payment'
                and item.is_standing
        inner join reconciliation.match_groups as match
            on match.match_id = item.match_id
    )
    select
        'payment',
        'presence',
        case when payment.transaction_date > covered.complete_until then 'timing' else 'missing' end,
        covered.processor,
        covered.account,
        payment.merchant_id,
        'payment',
        payment.payment_id,
        '',
        '',
        payment.currency,
        payment.amount,
        0,
        (payment.transaction_date at time zone 'UTC')::date
    from temp_covered_account as covered
    inner join public.payments as payment
        on payment.merchant_id = covered.merchant_id
            and payment.transaction_date >= covered.covered_from
            and payment.transaction_date <= covered.covered_until
    where payment.payment_status in ('SUCCESS', 'REFUNDED')
        and not exists (
            select
            from reconciliation.line_matches as match
            where match.item_key = payment.payment_id
                and match.item_kind = 'payment'
        )
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = payment.payment_id
                and item.item_kind = 'payment'
                and item.level = 'payment'
                and item.is_standing
        )
        -- Reported, in a currency that cannot be compared.
        and not exists (
            select
            from reconciliation.differences as foreign_line
            where foreign_line.expected_key = payment.payment_id
                and foreign_line.expected_kind = 'payment'
                and foreign_line.aspect = 'fx'
                and foreign_line.status = 'open'
        )
    union all
    select
        'payment',
        'presence',
        'refund',
        covered.processor,
        covered.account,
        covered.merchant_id,
        'refund',
        refund.refund_id,
        '',
        '',
        refund.currency,
        - refund.amount,
        0,
        (refund.refund_date at time zone 'UTC')::date
    from new_refund as refund
    inner join paid
        on paid.item_key = refund.payment_id
    inner join temp_covered_account as covered
        on covered.merchant_id = paid.merchant_id
    where refund.refund_date >= covered.covered_from
        and refund.refund_date <= covered.complete_until
        and not exists (
            select
            from reconciliation.line_matches as match
            where match.item_key = refund.refund_id
                and match.item_kind = 'refund'
        )
        and not exists (
            select
            from reconciliation.match_group_items as item
            where item.item_key = refund.refund_id
                and item.item_kind = 'refund'
                and item.level = 'payment'
                and item.is_standing
        );
    drop table temp_covered_account, temp_new_line;
    return pipeline.keep_differences(p_run_id, p_now);
end;
$$;

comment on function pipeline.find_unreported_payments(bigint, timestamptz) is
    'Opens differences for payments and refunds that no processor line reports; returns how many.';
