-- Matches, by what is given.
-- Grain: one match. Reads: reconciliation.matches, line_matches, match_group_items.
-- Called by: GET /api/reconciliation/matches, GET /api/reconciliation/matches/{id}.
create function pipeline.list_matches(
    p_level text,
    p_method text,
    p_is_standing boolean,
    p_processor text,
    p_account text,
    p_merchant_id text,
    p_currency text,
    p_run_id bigint,
    p_item text,
    p_from date,
    p_to date
) returns table (
    match_id bigint,
    run_id bigint,
    level varchar,
    method varchar,
    processor varchar,
    account varchar,
    merchant_id varchar,
    currency varchar,
    expected_amount numeric,
    actual_amount numeric,
    is_standing boolean,
    made_at timestamptz,
    made_by varchar,
    note varchar,
    undone_at timestamptz,
    undone_by varchar,
    undone_note varchar
)
language sql
stable
parallel safe
as $$
    select
        match.match_id,
        match.run_id,
        match.level,
        match.method,
        match.processor,
        match.account,
        match.merchant_id,
        match.currency::varchar as currency,
        match.expected_amount,
        match.actual_amount,
        match.is_standing,
        match.made_at,
        match.made_by,
        match.note,
        match.undone_at,
        match.undone_by,
        match.undone_note
    from reconciliation.matches as match
    where (p_level is null or match.level = p_level)
        and (p_method is null or match.method = p_method)
        and (p_is_standing is null or match.is_standing = p_is_standing)
        and (p_processor is null or match.processor = p_processor)
        and (p_account is null or match.account = p_account)
        and (p_merchant_id is null or match.merchant_id = p_merchant_id)
        and (p_currency is null or match.currency = p_currency)
        and (p_run_id is null or match.run_id = p_run_id)
        and (
            p_item is null
            or match.match_id in (
                select item.match_id
                from reconciliation.match_group_items as item
                where item.item_kind = split_part(p_item, ':', 1)
                    and item.item_key = substr(p_item, strpos(p_item, ':') + 1)
                    and item.is_standing
                union all
                select line.match_id
                from reconciliation.line_matches as line
                where line.item_kind = split_part(p_item, ':', 1)
                    and line.item_key = substr(p_item, strpos(p_item, ':') + 1)
                union all
                select line.match_id
                from reconciliation.line_matches as line
                where line.line_id
                    = case when p_item ~ '^line:[0-9]{1,18}$' then substr(p_item, 6)::bigint end
            )
        )
        and (p_from is null or match.made_at >= pipeline.day_start(p_from))
        and (p_to is null or match.made_at < pipeline.day_start(p_to + 1));
$$;

comment on function pipeline.list_matches(
    text, text, boolean, text, text, text, text, bigint, text, date, date
) is
    'Matches; p_item (kind:key) finds those that an item stands in. Unordered: the caller pages by match_id.';
