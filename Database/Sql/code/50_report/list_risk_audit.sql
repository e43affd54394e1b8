-- Who changed what scoring goes by.
-- Grain: one change. Reads: risk.audit. Called by: GET /api/rules/audit.
create function pipeline.list_risk_audit(
    p_subject text,
    p_subject_key text
) returns table (
    audit_id bigint,
    subject varchar,
    subject_key varchar,
    action varchar,
    actor varchar,
    note varchar,
    before jsonb,
    after jsonb,
    acted_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        change.audit_id,
        change.subject,
        change.subject_key,
        change.action,
        change.actor,
        change.note,
        change.before,
        change.after,
        change.acted_at
    from risk.audit as change
    where (p_subject is null or change.subject = p_subject)
        and (p_subject_key is null or change.subject_key = p_subject_key);
$$;

comment on function pipeline.list_risk_audit(text, text) is
    'Changes of rules, lists, suppressions, thresholds and models; null means any. Unordered: the caller pages by audit_id.';
