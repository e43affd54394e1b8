-- Takes the live model back: the one that was live before it scores again.
-- Grain: one value, the version that is live now; null, and nothing done, where there was none before.
-- Reads: risk.models. Called by: POST /api/models/rollback.
create function pipeline.roll_back_model(
    p_actor text,
    p_note text,
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_live risk.models;
    v_before risk.models;
    v_after risk.models;
begin
    -- Announced first: changes of models thereby take turns.
    perform pipeline.announce_risk_change('models');
    select model.*
    into v_live
    from risk.models as model
    where model.status = 'live';
    select model.*
    into v_before
    from risk.models as model
    where model.status = 'retired'
        and model.promoted_at < v_live.promoted_at
    order by
        model.promoted_at desc,
        model.version desc
    limit 1;
    if v_before.version is null then
        return null;
    end if;

    -- Rejected: rolling back once more goes further back, never forth again.
    update risk.models as model
    set
        status = 'rejected',
        note = p_note,
        retired_at = p_now
    where model.version = v_live.version;
    update risk.models as model
    set
        status = 'live',
        note = p_note,
        retired_at = null
    where model.version = v_before.version
    returning model.* into v_after;
    perform pipeline.write_risk_audit(
        'model',
        v_after.version::text,
        'rolled_back',
        p_actor,
        p_note,
        pipeline.describe_model(v_live),
        pipeline.describe_model(v_after),
        p_now
    );
    return v_after.version;
end;
$$;

comment on function pipeline.roll_back_model(text, text, timestamptz) is
    'Rejects the live model and makes the one that was live before it live again, audits and announces it.';
