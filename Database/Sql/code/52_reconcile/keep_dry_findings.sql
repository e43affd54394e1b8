-- Keeps what a dry run would have done, for people to look at; that of former dry runs goes.
-- Grain: none. Reads: nothing. Called by: ReconcileStage.
create function pipeline.keep_dry_findings(
    p_run_id bigint,
    p_findings jsonb
) returns void
language sql
as $$
    delete from reconciliation.dry_findings as finding;

    insert into reconciliation.dry_findings (
        run_id,
        finding_id,
        level,
        outcome,
        class,
        processor,
        account,
        merchant_id,
        currency,
        expected_amount,
        actual_amount,
        expected_items,
        actual_items
    )
    select
        p_run_id,
        finding.finding_id,
        finding.level,
        finding.outcome,
        finding.class,
        finding.processor,
        finding.account,
        finding.merchant_id,
        finding.currency,
        finding.expected_amount,
        finding.actual_amount,
        finding.expected_items,
        finding.actual_items
    from jsonb_populate_recordset(null::reconciliation.dry_findings, p_findings) as finding;
$$;

comment on function pipeline.keep_dry_findings(bigint, jsonb) is
    'Keeps a dry run''s findings (rows of dry_findings as JSON) in the place of older ones.';
