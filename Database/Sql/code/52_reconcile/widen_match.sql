-- Writes the match of a line as other matches are, with its items as rows, so that it can be taken back and stay.
-- Grain: none. Reads: reconciliation.line_matches. Called by: undo_match, under lock_reconciliation.
create function pipeline.widen_match(
    p_match_id bigint
) returns void
language plpgsql
as $$
begin
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
        item.match_id,
        item.level,
        item.item_kind,
        item.item_key,
        item.is_actual,
        item.amount,
        item.currency
    from reconciliation.match_items as item
    where item.match_id in (
        select line.match_id
        from reconciliation.line_matches as line
        where line.match_id = p_match_id
    );

    with line as (
        delete from reconciliation.line_matches as line
        where line.match_id = p_match_id
        returning line.*
    )
    insert into reconciliation.match_groups (
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
        line.match_id,
        line.run_id,
        'payment',
        'reference',
        line.processor,
        line.account,
        line.merchant_id,
        line.currency,
        line.expected_amount,
        line.actual_amount,
        line.made_at
    from line;
end;
$$;

comment on function pipeline.widen_match(bigint) is
    'Moves a match of one line from line_matches to match_groups; others are left as they are.';
