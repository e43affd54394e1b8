-- Both sides of a match.
-- Grain: one item. Reads: reconciliation.match_items. Called by: GET /api/reconciliation/matches/{id}.
create function pipeline.list_match_items(
    p_match_id bigint
) returns table (
    side varchar,
    item_kind varchar,
    item_key varchar,
    amount numeric,
    currency varchar
)
language sql
stable
parallel safe
as $$
    select
        case when item.is_actual then 'actual' else 'expected' end::varchar as side,
        item.item_kind,
        item.item_key,
        item.amount,
        item.currency::varchar as currency
    from reconciliation.match_items as item
    where item.match_id = p_match_id
    order by
        item.is_actual,
        item.item_kind,
        item.item_key;
$$;

comment on function pipeline.list_match_items(bigint) is 'What was expected, and what was reported, of a match.';
