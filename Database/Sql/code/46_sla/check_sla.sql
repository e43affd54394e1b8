-- Brings marks and incidents of settlements up to what they are on a day, and keeps every step; looks only at what can have changed.
-- Grain: one row. Reads: settlements, judge_sla, sla.incidents. Called by: SlaCheckStage.
--
-- Safe to repeat. However long no check has run, each step gets its row, with the day on which it became true.
create function pipeline.check_sla(
    p_as_of date,
    p_now timestamptz
) returns table (
    breaches bigint,
    incidents_opened bigint,
    incidents_closed bigint,
    incidents_warned bigint,
    incidents_escalated bigint,
    steps bigint,
    settlements_judged bigint
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '32MB'
set jit = off
as $$
declare
    v_committed_from constant timestamptz := clock_timestamp();
    v_marked text[];
    v_candidates text[];
begin
    perform pipeline.lock_settlements();

    with wrong as (
        select settlement.settlement_id
        from public.settlements as settlement
        where settlement.settlement_date is null
            and settlement.expected_settlement_date < p_as_of
            and not settlement.sla_breach
        union all
        select settlement.settlement_id
        from public.settlements as settlement
        where settlement.settlement_date is null
            and settlement.expected_settlement_date >= p_as_of
            and settlement.sla_breach
        union all
        select settlement.settlement_id
        from public.settlements as settlement
        where settlement.settlement_date > settlement.expected_settlement_date
            and not settlement.sla_breach
        union all
        select settlement.settlement_id
        from public.settlements as settlement
        where settlement.settlement_date <= settlement.expected_settlement_date
            and settlement.sla_breach
    ),
    marked as (
        update public.settlements as settlement
        set
            sla_breach = not settlement.sla_breach,
            updated_at = p_now
        from wrong
        where settlement.settlement_id = wrong.settlement_id
        returning settlement.settlement_id
    )
    select array_agg(marked.settlement_id::text)
    into v_marked
    from marked;

    -- Called by itself: as an argument of unnest it would be called twice, once for the planner to know how many they are.
    v_candidates := pipeline.find_sla_candidates(p_as_of);
    v_candidates := array(
        select distinct candidate.settlement_id
        from unnest(v_marked || v_candidates) as candidate (settlement_id)
    );
    settlements_judged := cardinality(v_candidates);
    incidents_opened := 0;
    incidents_closed := 0;
    incidents_warned := 0;
    incidents_escalated := 0;
    steps := 0;

    if settlements_judged > 0 then
        perform pipeline.order_sla_events();
        select
            count(*) filter (where step.step in ('opened', 'reopened')),
            count(*) filter (where step.step in ('paid', 'withdrawn')),
            count(*) filter (where step.step = 'warned'),
            count(*) filter (where step.step = 'escalated'),
            count(*)
        into incidents_opened, incidents_closed, incidents_warned, incidents_escalated, steps
        from pipeline.write_sla_steps(v_candidates, p_as_of, p_now) as step;
    end if;

    insert into sla.checks as last_check (as_of, checked_at, committed_from)
    values (p_as_of, p_now, v_committed_from)
    on conflict (is_only) do update
    set
        as_of = excluded.as_of,
        checked_at = excluded.checked_at,
        committed_from = excluded.committed_from;

    select count(*)
    into breaches
    from public.settlements as settlement
    where settlement.sla_breach;
    return next;
end;
$$;

comment on function pipeline.check_sla(date, timestamptz) is
    'Brings sla_breach and the incidents up to date; returns settlements in breach, incidents opened (again), closed, warned and escalated, the steps written and the settlements judged.';
