-- What an operator does to an incident: acknowledges it, gives it to somebody or back, writes a note.
-- Grain: one row; none when there is no such incident. Reads: sla.incidents. Called by: POST /api/sla/incidents/{id}/….
create function pipeline.step_incident(
    p_settlement_id text,
    p_step text,
    p_assignee text,
    p_note text,
    p_by text,
    p_now timestamptz
) returns table (
    is_done boolean,
    state varchar,
    assignee varchar,
    acknowledged_by varchar
)
language plpgsql
as $$
declare
    v_before sla.incidents;
    v_after sla.incidents;
    v_day constant date := (p_now at time zone 'UTC')::date;
begin
    perform pipeline.order_sla_events();
    select incident.*
    into v_before
    from sla.incidents as incident
    where incident.settlement_id = p_settlement_id
    for update;
    if v_before.settlement_id is null then
        return;
    end if;
    if (
            p_step = 'acknowledged'
            and (v_before.state = 'closed' or v_before.acknowledged_at is not null)
        )
        or (p_step = 'assigned' and v_before.state = 'closed')
        or (p_step = 'unassigned' and v_before.assignee is null)
    then
        return query
        select
            false,
            v_before.state,
            v_before.assignee,
            v_before.acknowledged_by;
        return;
    end if;

    update sla.incidents as incident
    set
        acknowledged_at = case
            when p_step = 'acknowledged' then p_now
            else incident.acknowledged_at
        end,
        acknowledged_by = case
            when p_step = 'acknowledged' then left(p_by, 100)
            else incident.acknowledged_by
        end,
        assignee = case
            when p_step in ('assigned', 'unassigned') then p_assignee
            else incident.assignee
        end,
        updated_at = greatest(p_now, incident.updated_at)
    where incident.settlement_id = p_settlement_id
    returning incident.* into v_after;

    insert into sla.incident_events (
        settlement_id,
        step,
        effective_on,
        seen_at,
        actor,
        state,
        settlement_status,
        days_delayed,
        net_amount,
        penalty_amount,
        currency,
        assignee,
        note
    )
    values (
        v_after.settlement_id,
        p_step,
        v_day,
        p_now,
        left(p_by, 100),
        v_after.state,
        v_after.settlement_status,
        greatest(
            least(v_day, coalesce(v_after.closed_on, v_day)) - v_after.expected_settlement_date, 0
        ),
        v_after.net_amount,
        v_after.penalty_amount,
        v_after.currency,
        v_after.assignee,
        p_note
    );
    perform pipeline.write_change(
        'sla_incident',
        p_settlement_id,
        p_step,
        p_by,
        p_note,
        to_jsonb(v_before),
        to_jsonb(v_after),
        p_now
    );
    return query
    select
        true,
        v_after.state,
        v_after.assignee,
        v_after.acknowledged_by;
end;
$$;

comment on function pipeline.step_incident(text, text, text, text, text, timestamptz) is
    'Acknowledges, assigns, unassigns or annotates an incident, with a row in its timeline and in the audit; is_done is false, with what it is, when its state does not allow it.';
