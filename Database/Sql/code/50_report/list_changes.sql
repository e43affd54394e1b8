-- Who changed what money, dates and deadlines go by.
-- Grain: one change. Reads: ops.changes. Called by: GET /api/changes.
create function pipeline.list_changes(
    p_subject text,
    p_subject_key text,
    p_action text,
    p_actor text,
    p_from date,
    p_to date
) returns table (
    change_id bigint,
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
        change.change_id,
        change.subject,
        change.subject_key,
        change.action,
        change.actor,
        change.note,
        change.before,
        change.after,
        change.acted_at
    from ops.changes as change
    where (p_subject is null or change.subject = p_subject)
        and (p_subject_key is null or change.subject_key = p_subject_key)
        and (p_action is null or change.action = p_action)
        and (p_actor is null or change.actor = p_actor)
        and (p_from is null or change.acted_at >= pipeline.day_start(p_from))
        and (p_to is null or change.acted_at < pipeline.day_start(p_to + 1));
$$;

comment on function pipeline.list_changes(text, text, text, text, date, date) is
    'Changes of terms, fees, calendars, policies and the like, from a UTC day to another, both included; null means any. Unordered: the caller pages by change_id.';
