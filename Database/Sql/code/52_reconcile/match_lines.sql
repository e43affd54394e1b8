-- Matches one bucket of the session's processor lines with payments, refunds and disputes, and tells what differs.
-- The reference decides: the line whose amount is right comes first, then the earliest; further lines of a payment are
-- duplicates. Refunds and chargebacks go with ours of the same payment and amount, in the order of time.
-- Grain: one row. Reads: reconciling (resolve_lines), refunds, disputes, reconciliation.match_items.
-- Called by: ReconcileStage.
create function pipeline.match_lines(
    p_run_id bigint,
    p_bucket int,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_run reconciliation.runs;
    v_lines bigint;
begin
    perform pipeline.lock_reconciliation();
    select run.*
    into strict v_run
    from reconciliation.runs as run
    where run.run_id = p_run_id;

    create temporary table matching_line as
    with by_hand as (
        -- What people have matched since the lines were resolved.
        select
            item.item_kind,
            item.item_key
        from reconciliation.matches as match
        inner join reconciliation.match_items as item
            on item.match_id = match.match_id
        where match.run_id is null
            and match.made_at >= v_run.started_at
            and match.level = 'payment'
            and match.is_standing
    ),
    compared as (
        select
            line.*,
            case
                when line.currency = line.payment_currency then line.gross
                when line.presentment_currency = line.payment_currency then line.presentment_amount
            end as actual_amount,
            case when line.is_paid then line.amount else 0 end as expected_amount,
            exists (
                select
                from by_hand
                where by_hand.item_kind = 'payment'
                    and by_hand.item_key = line.payment_id
            ) or line.is_taken as is_payment_taken
        from reconciling as line
        where line.hash % v_run.buckets = p_bucket
            and not exists (
                select
                from by_hand
                where by_hand.item_kind = 'line'
                    and by_hand.item_key = line.line_id::text
            )
    ),
    refused as (
        select
            line.item_key as line_key,
            payment.item_key as payment_key
        from reconciliation.proposals as proposal
        inner join reconciliation.proposal_items as line
            on line.proposal_id = proposal.proposal_id
                and line.item_kind = 'line'
        inner join reconciliation.proposal_items as payment
            on payment.proposal_id = proposal.proposal_id
                and payment.item_kind = 'payment'
        where proposal.level = 'payment'
            and proposal.status = 'rejected'
    ),
    judged as (
        select
            compared.*,
            case
                when compared.merchant_id is null then 'unknown'
                when compared.actual_amount is null then 'foreign'
                when exists (
                    select
                    from refused
                    where refused.line_key = compared.line_id::text
                        and refused.payment_key = compared.payment_id
                ) then 'refused'
                when compared.is_payment_taken then 'taken'
                else 'free'
            end as verdict
        from compared
    )
    select
        judged.*,
        row_number() over (
            partition by judged.payment_id, judged.kind, judged.verdict
            order by
                judged.actual_amount = judged.expected_amount desc,
                judged.occurred_at,
                judged.line_id
        ) as place
    from judged;
    get diagnostics v_lines = row_count;
    analyze matching_line;

    perform pipeline.match_claim_lines();

    with found as materialized (
        select
            nextval('reconciliation.matches_match_id_seq') as match_id,
            line.*
        from (
            select
                line.line_id,
                line.processor,
                line.account,
                line.merchant_id,
                line.payment_currency as currency,
                'payment' as item_kind,
                line.payment_id as item_key,
                line.expected_amount,
                line.actual_amount
            from matching_line as line
            where line.kind = 'payment'
                and line.verdict = 'free'
                and line.place = 1
            union all
            select
                claim.line_id,
                claim.processor,
                claim.account,
                claim.merchant_id,
                claim.currency,
                claim.item_kind,
                claim.item_key,
                - claim.amount,
                - claim.amount
            from matching_claim as claim
            order by line_id
        ) as line
    ),
    matched as (
        insert into reconciliation.matches (
            match_id,
            run_id,
            level,
            method,
            processor,
            account,
            merchant_id,
            currency,
            expected_amount,
            actual_amount,
            made_at
        )
        select
            found.match_id,
            p_run_id,
            'payment',
            'reference',
            found.processor,
            found.account,
            found.merchant_id,
            found.currency,
            found.expected_amount,
            found.actual_amount,
            p_now
        from found
    ),
    linked as (
        insert into reconciliation.match_items (
            match_id,
            level,
            item_kind,
            item_key,
            is_actual,
            amount,
            currency
        )
        select
            found.match_id,
            'payment',
            'line',
            found.line_id::text as item_key,
            true,
            found.actual_amount,
            found.currency
        from found
        union all
        select
            found.match_id,
            'payment',
            found.item_kind,
            found.item_key,
            false,
            found.expected_amount,
            found.currency
        from found
        -- In the order of the index that is the largest.
        order by item_key
    ),
    figure as (
        select
            found.currency,
            count(*) as item_count,
            sum(found.expected_amount) as expected_amount,
            sum(found.actual_amount) as actual_amount
        from found
        group by found.currency
    )
    insert into reconciliation.run_figures as known (
        run_id,
        level,
        outcome,
        class,
        currency,
        item_count,
        expected_amount,
        actual_amount
    )
    select
        p_run_id,
        'payment',
        'matched',
        'reference',
        figure.currency,
        figure.item_count,
        figure.expected_amount,
        figure.actual_amount
    from figure
    on conflict on constraint run_figures_pkey do update
    set
        item_count = known.item_count + excluded.item_count,
        expected_amount = known.expected_amount + excluded.expected_amount,
        actual_amount = known.actual_amount + excluded.actual_amount;

    insert into staging.found_differences
    select
        'payment',
        found.aspect,
        found.class,
        line.processor,
        line.account,
        coalesce(line.merchant_id, line.account_merchant_id),
        case when found.is_paired then 'payment' else '' end,
        case when found.is_paired then line.payment_id else '' end,
        'line',
        line.line_id::text,
        found.currency,
        found.expected_amount,
        found.actual_amount,
        (line.occurred_at at time zone 'UTC')::date
    from matching_line as line
    cross join lateral (
        select
            'presence' as aspect,
            case
                when line.kind in ('refund', 'dispute', 'return') then 'refund'
                when line.verdict = 'unknown' and line.payment_id is null then 'missing'
                when line.verdict = 'taken' or line.place > 1 then 'duplicate'
                else 'unknown'
            end as class,
            false as is_paired,
            line.currency,
            0::numeric as expected_amount,
            line.gross as actual_amount
        where case
            when line.kind = 'payment' then line.verdict <> 'foreign'
                and (line.verdict <> 'free' or line.place > 1)
            else not exists (
                select
                from matching_claim as claim
                where claim.line_id = line.line_id
            )
        end
        union all
        select
            'fx',
            'fx',
            true,
            line.currency,
            0,
            line.gross
        where line.kind = 'payment'
            and line.verdict = 'foreign'
        union all
        select
            'amount',
            case
                when line.actual_amount = line.amount - line.exact_fee then 'fee'
                when line.actual_amount = line.amount - (
                    select sum(refund.amount)
                    from public.refunds as refund
                    where refund.payment_id = line.payment_id
                        and refund.refund_status not in ('failed', 'canceled')
                ) then 'refund'
                else 'unknown'
            end,
            true,
            line.payment_currency,
            line.expected_amount,
            line.actual_amount
        where line.kind = 'payment'
            and line.verdict = 'free'
            and line.place = 1
            and line.actual_amount <> line.expected_amount
        union all
        select
            'fx',
            'fx',
            true,
            line.currency,
            round(line.presentment_amount * line.exchange_rate, line.digits),
            line.gross
        where line.kind = 'payment'
            and line.verdict = 'free'
            and line.place = 1
            and line.currency <> line.payment_currency
            -- Rates are published rounded: the last digit may differ.
            and abs(line.gross - round(line.presentment_amount * line.exchange_rate, line.digits))
                > power(10::numeric, - line.digits)
        union all
        select
            'fee',
            'fee',
            true,
            line.currency,
            line.exact_fee,
            line.fee
        where line.kind = 'payment'
            and line.verdict = 'free'
            and line.place = 1
            and line.compares_fees
            and line.is_paid
            and line.currency = line.payment_currency
            and line.fee <> line.exact_fee
        union all
        select
            'date',
            'timing',
            true,
            line.payment_currency,
            line.actual_amount,
            line.actual_amount
        where line.kind = 'payment'
            and line.verdict = 'free'
            and line.place = 1
            and abs(
                (line.occurred_at at time zone 'UTC')::date
                - (line.transaction_date at time zone 'UTC')::date
            ) > line.payment_days
    ) as found;
    perform pipeline.keep_differences(p_run_id, p_now);
    drop table matching_line, matching_claim;

    update reconciliation.runs as run
    set
        lines_done = run.lines_done + v_lines,
        buckets_done = p_bucket + 1
    where run.run_id = p_run_id;
    return v_lines;
end;
$$;

comment on function pipeline.match_lines(bigint, int, timestamptz) is
    'Matches a bucket of resolved processor lines and keeps their differences; returns the lines.';
