-- What reviewers wrote down about an alert.
-- Grain: one note. Reads: risk.alert_notes. Called by: GET /api/alerts/{id}.
create function pipeline.list_alert_notes(
    p_alert_id bigint
) returns table (
    note_id bigint,
    author varchar,
    note text,
    created_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        written.note_id,
        written.author,
        written.note,
        written.created_at
    from risk.alert_notes as written
    where written.alert_id = p_alert_id;
$$;

comment on function pipeline.list_alert_notes(bigint) is
    'The notes of an alert. Unordered: the caller orders by note_id.';
