-- Gives an alert that waits to somebody, who reviews it then, or gives it back to the queue.
-- Grain: one row; none when there is no such alert. Reads: risk.alerts.
-- Called by: POST /api/alerts/{id}/assign, POST /api/alerts/{id}/unassign.
--
-- Of two who reach for the same alert the first has it: from somebody else it is taken only when that is asked for.
create function pipeline.assign_alert(
    p_alert_id bigint,
    p_assignee text,
    p_takes_over boolean,
    p_by text,
    p_now timestamptz
) returns table (
    is_done boolean,
    status varchar,
    assignee varchar
)
language plpgsql
as $$
declare
    v_before risk.alerts;
begin
    select alert.*
    into v_before
    from risk.alerts as alert
    where alert.alert_id = p_alert_id
    for update;
    if v_before.alert_id is null then
        return;
    end if;
    if v_before.status not in ('OPEN', 'IN_REVIEW')
        or (p_assignee is null and v_before.status = 'OPEN')
        or (
            p_assignee is not null
            and v_before.assignee <> p_assignee
            and not p_takes_over
        )
    then
        return query select false, v_before.status, v_before.assignee;
        return;
    end if;

    if v_before.assignee is distinct from p_assignee then
        update risk.alerts as alert
        set
            status = case when p_assignee is null then 'OPEN' else 'IN_REVIEW' end,
            assignee = p_assignee,
            updated_at = greatest(p_now, alert.updated_at)
        where alert.alert_id = p_alert_id;
        perform pipeline.write_alert_step(
            p_alert_id,
            case when p_assignee is null then 'unassigned' else 'assigned' end,
            v_before.status,
            p_assignee,
            p_by,
            p_now
        );
    end if;
    return query
    select told.*
    from pipeline.tell_alert(p_alert_id, true) as told;
end;
$$;

comment on function pipeline.assign_alert(bigint, text, boolean, text, timestamptz) is
    'Assigns a waiting alert (null: to nobody); is_done is false, with the state that it has, when it does not wait or is somebody else''s.';
