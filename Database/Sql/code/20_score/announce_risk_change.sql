-- Says that rules (with lists, suppressions, thresholds) or models have changed: the next batch scores by what they are now.
-- Grain: one value, the new version. Reads: risk.versions.
-- Called by: whatever changes them, in the same transaction; changes of one subject thereby take turns.
create function pipeline.announce_risk_change(
    p_subject text
) returns bigint
language plpgsql
as $$
declare
    v_version bigint;
begin
    update risk.versions as known
    set version = known.version + 1,
        changed_at = now()
    where known.subject = p_subject
    returning known.version into v_version;
    if v_version is null then
        raise exception 'nothing to announce about %', p_subject
            using errcode = 'invalid_parameter_value', hint = 'Say rules or models.';
    end if;
    return v_version;
end;
$$;

comment on function pipeline.announce_risk_change(text) is
    'Raises the version of rules or models, so that every batch from now on loads them anew, and returns it.';
