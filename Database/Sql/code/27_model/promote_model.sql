-- Makes a model the one that scores; the one before is retired and can be rolled back to.
-- Grain: one value: live (it is now), unknown (no such model), unchanged (it was live).
-- Reads: risk.models. Called by: the training run, POST /api/models/{version}/promote.
create function pipeline.promote_model(
    p_version bigint,
    p_actor text,
    p_note text,
    p_now timestamptz
) returns text
language plpgsql
as $$
declare
    v_before risk.models;
    v_after risk.models;
begin
    -- Announced first: changes of models thereby take turns.
    perform pipeline.announce_risk_change('models');
    select model.*
    into v_before
    from risk.models as model
    where model.version = p_version
    for update;
    if v_before.version is null then
        return 'unknown';
    end if;
    if v_before.status = 'live' then
        return 'unchanged';
    end if;

    update risk.models as model
    set
        status = 'retired',
        retired_at = p_now
    where model.status = 'live';
    update risk.models as model
    set
        status = 'live',
        note = p_note,
        promoted_at = p_now,
        retired_at = null
    where model.version = p_version
    returning model.* into v_after;
    perform pipeline.write_risk_audit(
        'model',
        p_version::text,
        'promoted',
        p_actor,
        p_note,
        pipeline.describe_model(v_before),
        pipeline.describe_model(v_after),
        p_now
    );
    return 'live';
end;
$$;

comment on function pipeline.promote_model(bigint, text, text, timestamptz) is
    'Makes a model live and retires the one before, audits and announces it.';
