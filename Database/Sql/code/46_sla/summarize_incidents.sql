-- How many incidents are followed.
-- Grain: one row per state that is followed, each there even without incidents. Reads: sla.incidents. Called by: SlaCheckStage.
create function pipeline.summarize_incidents(
    p_as_of date
) returns table (
    state varchar,
    incidents bigint,
    unacknowledged bigint,
    oldest_delay_days int
)
language sql
stable
parallel safe
as $$
    select
        followed.state,
        count(incident.settlement_id),
        count(incident.settlement_id) filter (where incident.acknowledged_at is null),
        coalesce(max(greatest(p_as_of - incident.expected_settlement_date, 0)), 0)
    from (values ('warned'), ('open'), ('escalated')) as followed (state)
    left join sla.incidents as incident
        on incident.state = followed.state
        and incident.state <> 'closed'
    group by followed.state
    order by followed.state;
$$;

comment on function pipeline.summarize_incidents(date) is
    'Incidents that are followed by state, how many of them nobody has acknowledged, and by how many days the oldest is late.';
