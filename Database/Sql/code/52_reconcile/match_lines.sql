-- Matches one bucket of the session's processor lines with payments, refunds and disputes, and tells what differs.
-- The reference decides: the line whose amount is right comes first, then the earliest; further lines of a payment are
-- duplicates. Refunds and chargebacks go with ours of the same payment and amount, in the order of time.
-- Grain: one row. Reads: temp_reconciling (resolve_lines), match_claim_lines, refunds, reconciliation.match_groups, match_group_items,
-- waiting_lines.
-- Called by: ReconcileStage.
create function pipeline.match_lines(
    p_run_id bigint,
    p_bucket int,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_run reconciliation.runs;
    v_lines bigint;
    v_figures bigint;
begin
    perform pipeline.lock_reconciliation();
    select run.*
    into strict v_run
    from reconciliation.runs as run
    where run.run_id = p_run_id;

    create temporary table temp_matching_line as
    with by_hand as (
        -- What people have matched since the lines were resolved.
        select
            item.item_kind,
            item.item_key
        from reconciliation.match_groups as match
        inner join reconciliation.match_group_items as item
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
        from temp_reconciling as line
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

    perform pipeline.match_claim_lines();

    with found as (
        select
            line.line_id,
            'payment' as item_kind,
            line.payment_id as item_key,
            line.processor,
            line.account,
            line.merchant_id,
            line.payment_currency as currency,
            line.expected_amount,
            line.actual_amount
        from temp_matching_line as line
        where line.kind = 'payment'
            and line.verdict = 'free'
            and line.place = 1
        union all
        select
            claim.line_id,
            claim.item_kind,
            claim.item_key,
            claim.processor,
            claim.account,
            claim.merchant_id,
            claim.currency,
            claim.amount,
            claim.amount
        from temp_matching_claim as claim
        -- In the order of the index that is the largest.
        order by item_key
    ),
    matched as (
        insert into reconciliation.line_matches as match (
            match_id,
            line_id,
            run_id,
            item_kind,
            item_key,
            processor,
            account,
            merchant_id,
            currency,
            expected_amount,
            actual_amount,
            made_at
        )
        select
            nextval('reconciliation.matches_match_id_seq'),
            found.line_id,
            p_run_id,
            found.item_kind,
            found.item_key,
            found.processor,
            found.account,
            found.merchant_id,
            found.currency,
            found.expected_amount,
            found.actual_amount,
            p_now
        from found
        returning
            match.currency,
            match.expected_amount,
            match.actual_amount
    ),
    figure as (
        select
            matched.currency,
            count(*) as item_count,
            sum(matched.expected_amount) as expected_amount,
            sum(matched.actual_amount) as actual_amount
        from matched
        group by matched.currency
    )
    select pipeline.add_figures(
        array_agg(
            row(
                p_run_id,
                'payment',
                'matched',
                'reference',
                figure.currency,
                figure.item_count,
                figure.expected_amount,
                figure.actual_amount
            )::reconciliation.run_figures
        )
    )
    into v_figures
    from figure;

    -- The others wait: the next run looks at them again.
    create temporary table temp_unmatched_line as
    select line.line_id
    from temp_matching_line as line
    where not (line.kind = 'payment' and line.verdict = 'free' and line.place = 1)
        and not exists (
            select
            from temp_matching_claim as claim
            where claim.line_id = line.line_id
        );
    delete from reconciliation.waiting_lines as waiting
    using temp_matching_line as line
    where waiting.line_id = line.line_id
        and not exists (
            select
            from temp_unmatched_line as unmatched
            where unmatched.line_id = line.line_id
        );
    insert into reconciliation.waiting_lines (line_id)
    select unmatched.line_id
    from temp_unmatched_line as unmatched
    on conflict on constraint waiting_lines_pkey do nothing;

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
    from temp_matching_line as line
    cross join lateral (
        select
            'presence' as aspect,
            case
                when line.kind <> 'payment' then 'refund'
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
                from temp_matching_claim as claim
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
    drop table temp_matching_line, temp_matching_claim, temp_unmatched_line;

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
