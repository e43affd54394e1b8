-- Keeps settlements.sla_breach equal to its definition and records each breach once, closed when the money came.
-- Breach: coalesce(settlement_date, p_as_of) > expected_settlement_date; FAILED has no settlement_date, so it is unpaid.
-- Grain: one row. Reads: settlements. Called by: SlaCheckStage.
create function pipeline.check_sla(
    p_as_of date,
    p_now timestamptz
) returns table (
    breaches bigint,
    incidents_opened bigint,
    incidents_closed bigint
)
language plpgsql
as $$
begin
    perform pipeline.lock_settlements();

    update public.settlements as settlement
    set
        sla_breach = not settlement.sla_breach,
        updated_at = p_now
    where settlement.sla_breach <> (
        coalesce(settlement.settlement_date, p_as_of) > settlement.expected_settlement_date
    );

    update ops.sla_incidents as incident
    set closed_at = p_now
    from public.settlements as settlement
    where incident.closed_at is null
        and settlement.settlement_id = incident.settlement_id
        and settlement.settlement_date is not null;
    get diagnostics incidents_closed = row_count;

    insert into ops.sla_incidents (settlement_id, opened_at, days_delayed_at_opening, closed_at)
    select
        settlement.settlement_id,
        p_now,
        coalesce(settlement.settlement_date, p_as_of) - settlement.expected_settlement_date,
        case when settlement.settlement_date is not null then p_now end
    from public.settlements as settlement
    where settlement.sla_breach
        and not exists (
            select
            from ops.sla_incidents as incident
            where incident.settlement_id = settlement.settlement_id
        )
    order by settlement.settlement_id;
    get diagnostics incidents_opened = row_count;

    select count(*)
    into breaches
    from public.settlements as settlement
    where settlement.sla_breach;
    return next;
end;
$$;

comment on function pipeline.check_sla(date, timestamptz) is
    'Brings sla_breach and the incidents up to date; returns settlements in breach, incidents opened and closed.';
