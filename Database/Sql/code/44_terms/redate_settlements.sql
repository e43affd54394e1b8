-- Computes the expected dates of PENDING settlements anew where calendars have changed since: one-off days that were declared
-- or taken back, other rules. Business days are looked up once for each day, delay and calendar.
-- Grain: one value, the settlements changed. Reads: settlements, settlement.terms. Called by: finish_settling.
create function pipeline.redate_settlements() returns bigint
language plpgsql
as $$
declare
    v_changed bigint;
begin
    with pending as (
        select
            settlement.settlement_id,
            settlement.period_end,
            settlement.expected_settlement_date,
            terms.delay_days,
            terms.delay_kind,
            terms.calendar
        from public.settlements as settlement
        inner join settlement.terms as terms
            on terms.terms_id = settlement.terms_id
        where settlement.status = 'PENDING'
            and terms.calendar is not null
    ),
    -- Materialized, or the function is called for every settlement in the comparison below.
    expected as materialized (
        select
            delay.*,
            pipeline.expected_date(
                delay.period_end - 1, delay.delay_days, delay.delay_kind, delay.calendar
            ) as expected_date
        from (
            select distinct
                pending.period_end,
                pending.delay_days,
                pending.delay_kind,
                pending.calendar
            from pending
        ) as delay
    )
    update public.settlements as settlement
    set
        expected_settlement_date = expected.expected_date,
        updated_at = now()
    from pending
    inner join expected
        on expected.period_end = pending.period_end
        and expected.delay_days = pending.delay_days
        and expected.delay_kind = pending.delay_kind
        and expected.calendar = pending.calendar
    where settlement.settlement_id = pending.settlement_id
        and pending.expected_settlement_date <> expected.expected_date;
    get diagnostics v_changed = row_count;
    return v_changed;
end;
$$;

comment on function pipeline.redate_settlements() is
    'Brings the expected dates of PENDING settlements up to date with the calendars of their terms; returns how many changed. The caller holds lock_settlements.';
