-- A model without its content, for the audit.
-- Grain: one value. Reads: nothing. Called by: promote_model, reject_model, roll_back_model.
create function pipeline.describe_model(p_model risk.models) returns jsonb
language sql
stable
as $$
    select to_jsonb(p_model) - 'content' - 'metrics';
$$;

comment on function pipeline.describe_model(risk.models) is
    'What the audit says of a model: all but its content and metrics.';
