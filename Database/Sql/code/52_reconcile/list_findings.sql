-- What a dry run would have done, item by item.
-- Grain: one match, difference or proposal. Reads: reconciliation.dry_findings.
-- Called by: GET /api/reconciliation/runs/{id}/findings.
create function pipeline.list_findings(
    p_run_id bigint,
    p_level text,
    p_outcome text,
    p_class text
) returns table (
    finding_id int,
    level varchar,
    outcome varchar,
    class varchar,
    processor varchar,
    account varchar,
    merchant_id varchar,
    currency varchar,
    expected_amount numeric,
    actual_amount numeric,
    expected_items text[],
    actual_items text[]
)
language sql
stable
parallel safe
as $$
    select
        finding.finding_id,
        finding.level,
        finding.outcome,
        finding.class,
        finding.processor,
        finding.account,
        finding.merchant_id,
        finding.currency::varchar as currency,
        finding.expected_amount,
        finding.actual_amount,
        finding.expected_items,
        finding.actual_items
    from reconciliation.dry_findings as finding
    where finding.run_id = p_run_id
        and (p_level is null or finding.level = p_level)
        and (p_outcome is null or finding.outcome = p_outcome)
        and (p_class is null or finding.class = p_class);
$$;

comment on function pipeline.list_findings(bigint, text, text, text) is
    'Findings of the newest dry run; none of others. Unordered: the caller pages by finding_id.';
