-- Ends an alert with a verdict on its payments.
-- Grain: one row; none when there is no such alert. Reads: risk.alerts. Called by: POST /api/alerts/{id}/resolve.
--
-- Payments and rollups come before the alert, as in a batch, or the two could wait for each other. What was judged
-- must then still be the alert: if a payment has joined it meanwhile, or somebody else was faster, all is taken back.
create function pipeline.resolve_alert(
    p_alert_id bigint,
    p_is_fraud boolean,
    p_reason text,
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
    where alert.alert_id = p_alert_id;

    if v_before.status in ('OPEN', 'IN_REVIEW') then
        begin
            perform pipeline.judge_alert_payments(p_alert_id, p_is_fraud, p_now);
            update risk.alerts as alert
            set
                status = case
                    when p_is_fraud then 'RESOLVED_FRAUD'
                    else 'RESOLVED_LEGITIMATE'
                end,
                priority = 0,
                updated_at = greatest(p_now, alert.updated_at),
                resolved_at = p_now,
                resolved_by = left(p_by, 100),
                resolution = p_reason
            where alert.alert_id = p_alert_id
                and alert.status = v_before.status
                and alert.payment_count = v_before.payment_count;
            if not found then
                raise exception using errcode = 'PR005';
            end if;
            perform pipeline.write_alert_step(
                p_alert_id, 'resolved', v_before.status, p_reason, p_by, p_now
            );
            return query
            select told.*
            from pipeline.tell_alert(p_alert_id, true) as told;
            return;
        exception
            when sqlstate 'PR005' then
                null;
        end;
    end if;
    return query
    select told.*
    from pipeline.tell_alert(p_alert_id, false) as told;
end;
$$;

comment on function pipeline.resolve_alert(bigint, boolean, text, text, timestamptz) is
    'Resolves a waiting alert as fraud or legitimate, with flags, rollups and labels of its payments; is_done is false, with the state that it has, when it does not wait or has changed meanwhile.';
