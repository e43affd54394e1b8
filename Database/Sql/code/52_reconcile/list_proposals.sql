-- Proposals, by what is given, with their items.
-- Grain: one proposal. Reads: reconciliation.proposals, proposal_items.
-- Called by: GET /api/reconciliation/proposals, GET /api/reconciliation/proposals/{id}.
create function pipeline.list_proposals(
    p_level text,
    p_status text,
    p_processor text,
    p_account text,
    p_merchant_id text,
    p_currency text
) returns table (
    proposal_id bigint,
    run_id bigint,
    level varchar,
    status varchar,
    score int,
    method varchar,
    processor varchar,
    account varchar,
    merchant_id varchar,
    currency varchar,
    expected_amount numeric,
    actual_amount numeric,
    expected_items text[],
    actual_items text[],
    created_at timestamptz,
    decided_at timestamptz,
    decided_by varchar,
    note varchar,
    match_id bigint
)
language sql
stable
parallel safe
as $$
    select
        proposal.proposal_id,
        proposal.run_id,
        proposal.level,
        proposal.status,
        proposal.score,
        proposal.method,
        proposal.processor,
        proposal.account,
        proposal.merchant_id,
        proposal.currency::varchar as currency,
        proposal.expected_amount,
        proposal.actual_amount,
        array(
            select item.item_kind || ':' || item.item_key
            from reconciliation.proposal_items as item
            where item.proposal_id = proposal.proposal_id
                and not item.is_actual
            order by item.item_key
        ) as expected_items,
        array(
            select item.item_kind || ':' || item.item_key
            from reconciliation.proposal_items as item
            where item.proposal_id = proposal.proposal_id
                and item.is_actual
            order by item.item_key
        ) as actual_items,
        proposal.created_at,
        proposal.decided_at,
        proposal.decided_by,
        proposal.note,
        proposal.match_id
    from reconciliation.proposals as proposal
    where (p_level is null or proposal.level = p_level)
        and (p_status is null or proposal.status = p_status)
        and (p_processor is null or proposal.processor = p_processor)
        and (p_account is null or proposal.account = p_account)
        and (p_merchant_id is null or proposal.merchant_id = p_merchant_id)
        and (p_currency is null or proposal.currency = p_currency);
$$;

comment on function pipeline.list_proposals(text, text, text, text, text, text) is
    'Proposals with the items of both sides as kind:key. Unordered: the caller pages by proposal_id.';
