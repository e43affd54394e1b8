-- Writes down a change of what scoring goes by.
-- Grain: none (one row is written to risk.audit). Reads: nothing.
-- Called by: whatever changes rules, lists, suppressions, thresholds or models, in the same transaction.
create function pipeline.write_risk_audit(
    p_subject text,
    p_subject_key text,
    p_action text,
    p_actor text,
    p_note text,
    p_before jsonb,
    p_after jsonb,
    p_now timestamptz
) returns bigint
language sql
as $$
    insert into risk.audit (
        subject,
        subject_key,
        action,
        actor,
        note,
        before,
        after,
        acted_at
    )
    values (
        p_subject,
        p_subject_key,
        p_action,
        left(p_actor, 100),
        p_note,
        p_before,
        p_after,
        p_now
    )
    returning audit_id;
$$;

comment on function pipeline.write_risk_audit(
    text, text, text, text, text, jsonb, jsonb, timestamptz
) is
    'Writes who changed what scoring goes by, when, and from what to what; returns the entry''s id.';
