-- Says that a candidate is not to score.
-- Grain: none. Reads: risk.models. Called by: the training run, where it was no better than the live one.
create function pipeline.reject_model(
    p_version bigint,
    p_actor text,
    p_note text,
    p_now timestamptz
) returns void
language plpgsql
as $$
declare
    v_after risk.models;
begin
    update risk.models as model
    set
        status = 'rejected',
        note = p_note,
        retired_at = p_now
    where model.version = p_version
        and model.status = 'candidate'
    returning model.* into v_after;
    if v_after.version is not null then
        perform pipeline.write_risk_audit(
            'model',
            p_version::text,
            'rejected',
            p_actor,
            p_note,
            null,
            pipeline.describe_model(v_after),
            p_now
        );
    end if;
end;
$$;

comment on function pipeline.reject_model(bigint, text, text, timestamptz) is
    'Rejects a candidate and audits it.';
