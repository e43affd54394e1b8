-- Changes from which score on payments are reviewed and blocked.
-- Grain: one value, the new version; null where there is another version than the caller saw.
-- Reads: risk.thresholds. Called by: PUT /api/risk/thresholds.
create function pipeline.set_thresholds(
    p_seen_version int,
    p_review_score numeric,
    p_block_score numeric,
    p_author text,
    p_note text,
    p_now timestamptz
) returns int
language plpgsql
as $$
declare
    v_before risk.thresholds;
    v_after risk.thresholds;
begin
    select known.*
    into v_before
    from risk.thresholds as known
    for update;
    if v_before.thresholds_version is distinct from p_seen_version then
        return null;
    end if;

    update risk.thresholds as known
    set
        thresholds_version = known.thresholds_version + 1,
        review_score = p_review_score,
        block_score = p_block_score,
        author = left(p_author, 100),
        note = p_note,
        changed_at = p_now
    returning known.* into v_after;
    perform pipeline.write_risk_audit(
        'thresholds',
        'thresholds',
        'changed',
        p_author,
        p_note,
        to_jsonb(v_before) - 'is_only',
        to_jsonb(v_after) - 'is_only',
        p_now
    );
    perform pipeline.announce_risk_change('rules');
    return v_after.thresholds_version;
end;
$$;

comment on function pipeline.set_thresholds(int, numeric, numeric, text, text, timestamptz) is
    'Changes the thresholds, audits and announces it, and returns their version; null, and nothing done, where it is not the one seen.';
