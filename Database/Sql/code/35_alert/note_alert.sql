-- Writes a note to an alert, whatever its state.
-- Grain: one value; null when there is no such alert. Reads: risk.alerts. Called by: POST /api/alerts/{id}/notes.
create function pipeline.note_alert(
    p_alert_id bigint,
    p_note text,
    p_by text,
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_status text;
    v_note_id bigint;
begin
    update risk.alerts as alert
    set updated_at = greatest(p_now, alert.updated_at)
    where alert.alert_id = p_alert_id
    returning alert.status into v_status;
    if v_status is null then
        return null;
    end if;
    insert into risk.alert_notes (alert_id, author, note, created_at)
    values (p_alert_id, left(p_by, 100), p_note, p_now)
    returning note_id into v_note_id;
    perform pipeline.write_alert_step(p_alert_id, 'noted', v_status, null, p_by, p_now);
    return v_note_id;
end;
$$;

comment on function pipeline.note_alert(bigint, text, text, timestamptz) is
    'Adds a note to an alert and returns its id.';
