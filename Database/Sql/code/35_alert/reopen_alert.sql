-- Takes a verdict or an expiry back: the alert is in review again, by whoever asks for it.
-- Grain: one row; none when there is no such alert. Reads: risk.alerts. Called by: POST /api/alerts/{id}/reopen.
--
-- Not while another alert of the same customer and rule waits: that one has taken its place.
create function pipeline.reopen_alert(
    p_alert_id bigint,
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

    if v_before.status not in ('OPEN', 'IN_REVIEW') then
        begin
            perform pipeline.judge_alert_payments(p_alert_id, null, p_now);
            update risk.alerts as alert
            set
                status = 'IN_REVIEW',
                assignee = left(p_by, 100),
                priority = (
                    select sum(round(held.expected_loss / scale.typical_amount, 9))
                    from risk.alert_payments as held
                    inner join risk.currency_scales as scale on scale.currency = held.currency
                    where held.alert_id = alert.alert_id
                ),
                updated_at = greatest(p_now, alert.updated_at),
                resolved_at = null,
                resolved_by = null,
                resolution = null
            where alert.alert_id = p_alert_id
                and alert.status = v_before.status;
            if not found then
                raise exception using errcode = 'PR005';
            end if;
            perform pipeline.write_alert_step(
                p_alert_id, 'reopened', v_before.status, p_reason, p_by, p_now
            );
            return query
            select told.*
            from pipeline.tell_alert(p_alert_id, true) as told;
            return;
        exception
            when sqlstate 'PR005' or unique_violation then
                null;
        end;
    end if;
    return query
    select told.*
    from pipeline.tell_alert(p_alert_id, false) as told;
end;
$$;

comment on function pipeline.reopen_alert(bigint, text, text, timestamptz) is
    'Puts an ended alert into review again and takes its verdict back; is_done is false, with the state that it has, when it waits already or another one has taken its place.';
