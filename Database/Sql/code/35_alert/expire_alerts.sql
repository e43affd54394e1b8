-- Ends alerts that nobody has touched for long, and measures currencies anew for the order of the queue.
-- Grain: one value, the alerts. Reads: risk.alerts, review_times, currency_scales. Called by: ExpireStage.
--
-- An expired alert is no verdict: its payments get no label. What somebody else has taken at this moment is left to the next time.
create function pipeline.expire_alerts(
    p_now timestamptz
) returns bigint
language plpgsql
set jit = off
as $$
declare
    v_expired bigint[];
begin
    with old as (
        select
            alert.alert_id,
            alert.status,
            level.expires_after
        from risk.alerts as alert
        inner join risk.review_times as level on level.severity = alert.severity
        where alert.status in ('OPEN', 'IN_REVIEW')
            and alert.updated_at < p_now - level.expires_after
        order by alert.alert_id
        for update of alert skip locked
    ),
    expired as (
        update risk.alerts as alert
        set
            status = 'EXPIRED',
            priority = 0,
            updated_at = p_now,
            resolved_at = p_now,
            resolved_by = 'system',
            resolution = format(
                'not touched for %s days', extract(day from old.expires_after)
            )
        from old
        where alert.alert_id = old.alert_id
        returning
            alert.alert_id,
            alert.resolution,
            old.status as status_before
    ),
    audited as (
        insert into risk.alert_audit (alert_id, at, actor, step, from_status, to_status, note)
        select
            expired.alert_id,
            p_now,
            'system',
            'expired',
            expired.status_before,
            'EXPIRED',
            expired.resolution
        from expired
        order by expired.alert_id
    )
    select coalesce(array_agg(expired.alert_id), '{}')
    into v_expired
    from expired;

    -- Once a day is enough: a currency's payments do not change their size overnight.
    with measured as (
        update risk.currency_scales as scale
        set
            typical_amount = pipeline.measure_currency(scale.currency, p_now),
            measured_at = p_now
        where scale.measured_at < p_now - interval '1 day'
        returning
            scale.currency,
            scale.typical_amount
    ),
    touched as (
        select alert.alert_id
        from risk.alerts as alert
        where alert.status in ('OPEN', 'IN_REVIEW')
            and exists (
                select
                from risk.alert_payments as held
                inner join measured on measured.currency = held.currency
                where held.alert_id = alert.alert_id
            )
        order by alert.alert_id
        for update of alert skip locked
    ),
    ranked as (
        select
            held.alert_id,
            sum(
                round(
                    held.expected_loss / coalesce(measured.typical_amount, scale.typical_amount), 9
                )
            ) as priority
        from touched
        inner join risk.alert_payments as held on held.alert_id = touched.alert_id
        inner join risk.currency_scales as scale on scale.currency = held.currency
        left join measured on measured.currency = held.currency
        group by held.alert_id
    )
    update risk.alerts as alert
    set priority = ranked.priority
    from ranked
    where alert.alert_id = ranked.alert_id;

    if v_expired <> '{}' then
        perform pipeline.write_alert_events(v_expired, 'expired');
    end if;
    return cardinality(v_expired);
end;
$$;

comment on function pipeline.expire_alerts(timestamptz) is
    'Expires waiting alerts whose last step or payment is longer ago than risk.review_times allows, and ranks the others anew; returns how many have expired.';
