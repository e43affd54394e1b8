-- Makes a match by a person's word, out of items named kind:key or out of an open proposal. What the sides differ by is a
-- difference. A run completes settlements later.
-- Grain: one row. Reads: find_match_items, reconciliation.line_matches, match_group_items, proposals, proposal_items, differences.
-- Called by: POST /api/reconciliation/matches, accept_proposal.
create function pipeline.make_match(
    p_level text,
    p_items text[],
    p_proposal_id bigint,
    p_by text,
    p_note text,
    p_now timestamptz
) returns table (
    outcome text,
    detail text,
    match_id bigint
)
language plpgsql
as $$
declare
    v_match_id bigint;
    v_currency text;
    v_expected numeric;
    v_actual numeric;
    v_first record;
    v_problem text;
begin
    perform pipeline.lock_reconciliation();

    select string_agg(named.item, ', ' order by named.item)
    into v_problem
    from unnest(p_items) as named (item)
    where not exists (
        select
        from pipeline.find_match_items(p_level, p_items) as found
        where found.item = named.item
    );
    if v_problem is not null then
        return query select 'unknown', v_problem, null::bigint;
        return;
    end if;

    select string_agg(found.item, ', ' order by found.item)
    into v_problem
    from pipeline.find_match_items(p_level, p_items) as found
    where exists (
        select
        from reconciliation.match_group_items as taken
        where taken.item_key = found.item_key
            and taken.item_kind = found.item_kind
            and taken.is_standing
            and (
                taken.level = p_level
                or (found.item_kind = 'settlement' and taken.level in ('payout', 'bank'))
            )
    )
        or exists (
            select
            from reconciliation.line_matches as taken
            where taken.item_key = found.item_key
                and taken.item_kind = found.item_kind
        )
        or exists (
            select
            from reconciliation.line_matches as taken
            where taken.line_id = case when found.item_kind = 'line' then found.item_key::bigint end
        );
    if v_problem is not null then
        return query select 'taken', v_problem, null::bigint;
        return;
    end if;

    -- All in one currency; a line may have been presented or instructed in it.
    select candidate.currency
    into v_currency
    from (
        select found.currency
        from pipeline.find_match_items(p_level, p_items) as found
        where not found.is_actual
        group by found.currency
    ) as candidate
    where (
        select bool_and(
            found.currency = candidate.currency
            or (found.is_actual and found.other_currency = candidate.currency)
        )
        and bool_or(found.is_actual)
        from pipeline.find_match_items(p_level, p_items) as found
    );
    if v_currency is null then
        return query select 'sides', null::text, null::bigint;
        return;
    end if;

    select sum(
        case when found.currency = v_currency then found.amount else found.other_amount end
    )
    into v_actual
    from pipeline.find_match_items(p_level, p_items) as found
    where found.is_actual;
    select sum(
        case
            when p_level = 'bank' and found.item_kind = 'settlement' and v_actual < 0
                then - found.amount
            else found.amount
        end
    )
    into v_expected
    from pipeline.find_match_items(p_level, p_items) as found
    where not found.is_actual;

    select
        min(found.processor) filter (where found.is_actual) as processor,
        min(found.account) filter (where found.is_actual) as account,
        coalesce(
            max(found.merchant_id) filter (where not found.is_actual), max(found.merchant_id)
        ) as merchant_id,
        min(found.item_kind) filter (where found.is_actual) as actual_kind,
        min(found.item_key) filter (where found.is_actual) as actual_key,
        (array_agg(found.item_kind order by found.item_key) filter (where not found.is_actual))[1]
            as expected_kind,
        min(found.item_key) filter (where not found.is_actual) as expected_key,
        max(found.day) filter (where found.is_actual) as day
    into v_first
    from pipeline.find_match_items(p_level, p_items) as found;

    insert into reconciliation.match_groups as made (
        level,
        method,
        processor,
        account,
        merchant_id,
        currency,
        expected_amount,
        actual_amount,
        made_at,
        made_by,
        note
    )
    values (
        p_level,
        case when p_proposal_id is null then 'manual' else 'accepted' end,
        v_first.processor,
        v_first.account,
        v_first.merchant_id,
        v_currency,
        v_expected,
        v_actual,
        p_now,
        left(p_by, 100),
        p_note
    )
    returning made.match_id into v_match_id;

    insert into reconciliation.match_group_items (
        match_id,
        level,
        item_kind,
        item_key,
        is_actual,
        amount,
        currency
    )
    select
        v_match_id,
        p_level,
        found.item_kind,
        found.item_key,
        found.is_actual,
        case
            when found.currency <> v_currency then found.other_amount
            when p_level = 'bank' and found.item_kind = 'settlement' and v_actual < 0
                then - found.amount
            else found.amount
        end,
        v_currency
    from pipeline.find_match_items(p_level, p_items) as found;

    delete from reconciliation.waiting_lines as waiting
    using pipeline.find_match_items(p_level, p_items) as found
    where found.item_kind = 'line'
        and waiting.line_id = found.item_key::bigint;

    if v_actual <> v_expected and not exists (
        select
        from reconciliation.differences as known
        where known.actual_key = v_first.actual_key
            and known.actual_kind = v_first.actual_kind
            and known.expected_key = v_first.expected_key
            and known.expected_kind = v_first.expected_kind
            and known.aspect <> 'date'
            and known.status = 'open'
    ) then
        insert into staging.found_differences
        select
            p_level,
            'amount',
            'unknown',
            v_first.processor,
            v_first.account,
            v_first.merchant_id,
            v_first.expected_kind,
            v_first.expected_key,
            v_first.actual_kind,
            v_first.actual_key,
            v_currency,
            v_expected,
            v_actual,
            v_first.day;
        perform pipeline.keep_differences(null, p_now);
    end if;

    update reconciliation.proposals as proposal
    set
        status = 'accepted',
        decided_at = p_now,
        decided_by = left(p_by, 100),
        note = p_note,
        match_id = v_match_id
    where proposal.proposal_id = p_proposal_id
        or proposal.fingerprint = pipeline.match_fingerprint(p_level, p_items);
    perform pipeline.close_differences(null, p_now);
    perform pipeline.write_change(
        'reconciliation_match',
        v_match_id::text,
        case when p_proposal_id is null then 'matched' else 'accepted' end,
        p_by,
        p_note,
        null,
        jsonb_build_object(
            'level', p_level,
            'items', p_items,
            'currency', v_currency,
            'expected_amount', v_expected,
            'actual_amount', v_actual,
            'proposal_id', p_proposal_id
        ),
        p_now
    );
    return query select 'done', null::text, v_match_id;
end;
$$;

comment on function pipeline.make_match(text, text[], bigint, text, text, timestamptz) is
    'Makes a match by a person''s word; outcome: done, unknown (items), taken (items), or sides (one is missing, or currencies differ).';
