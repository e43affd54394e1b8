-- Writes down a change of what money, dates and deadlines go by.
-- Grain: one value, the entry's id (one row is written to ops.changes). Reads: nothing.
-- Called by: whatever changes terms, fees, calendars, policies, incidents or differences, in the same transaction.
create function pipeline.write_change(
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
    insert into ops.changes (
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
    returning change_id;
$$;

comment on function pipeline.write_change(
    text, text, text, text, text, jsonb, jsonb, timestamptz
) is
    'Writes who changed what money, dates and deadlines go by, when, and from what to what; returns the entry''s id.';
