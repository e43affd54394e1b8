-- Changes how soon alerts of a severity are to be reviewed, and when they expire.
-- Grain: one value, true; null when there is no such severity. Reads: risk.review_times.
-- Called by: PUT /api/alerts/review-times/{severity}.
--
-- For what is raised from now on; alerts that wait keep their due time, and expire by the new one.
create function pipeline.set_review_time(
    p_severity text,
    p_review_within interval,
    p_expires_after interval,
    p_note text,
    p_by text,
    p_now timestamptz
) returns boolean
language plpgsql
as $$
declare
    v_before risk.review_times;
    v_after risk.review_times;
begin
    select level.*
    into v_before
    from risk.review_times as level
    where level.severity = p_severity
    for update;
    if v_before.severity is null then
        return null;
    end if;
    update risk.review_times as level
    set
        review_within = p_review_within,
        expires_after = p_expires_after
    where level.severity = p_severity
    returning level.* into v_after;
    perform pipeline.write_risk_audit(
        'review_times',
        p_severity,
        'changed',
        p_by,
        p_note,
        to_jsonb(v_before),
        to_jsonb(v_after),
        p_now
    );
    return true;
end;
$$;

comment on function pipeline.set_review_time(text, interval, interval, text, text, timestamptz) is
    'Changes the times of a severity and audits it; true, or null for an unknown severity.';
