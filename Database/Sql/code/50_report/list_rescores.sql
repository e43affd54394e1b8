-- Rescores with how far they are and what changed.
-- Grain: one rescore. Reads: risk.rescores, ops.runs. Called by: GET /api/risk/rescores, GET /api/risk/rescores/{id}.
create function pipeline.list_rescores() returns table (
    run_id bigint,
    status varchar,
    from_day date,
    to_day date,
    dry_run boolean,
    raise_alerts boolean,
    payments_expected bigint,
    payments_read bigint,
    done_until timestamptz,
    scores_changed bigint,
    flags_set bigint,
    flags_cleared bigint,
    decisions_raised bigint,
    decisions_lowered bigint,
    assessments_written bigint,
    alerts_raised bigint,
    scores_before bigint[],
    scores_after bigint[],
    rules_version bigint,
    models_version bigint,
    scored_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        rescore.run_id,
        run.status,
        rescore.from_day,
        rescore.to_day,
        rescore.is_dry_run as dry_run,
        rescore.raises_alerts as raise_alerts,
        rescore.payments_expected,
        rescore.payments_read,
        rescore.done_until,
        rescore.scores_changed,
        rescore.flags_set,
        rescore.flags_cleared,
        rescore.decisions_raised,
        rescore.decisions_lowered,
        rescore.assessments_written,
        rescore.alerts_raised,
        array(
            select band.payments::bigint
            from jsonb_array_elements_text(rescore.distribution -> 'before')
                with ordinality as band (payments, place)
            order by band.place
        ) as scores_before,
        array(
            select band.payments::bigint
            from jsonb_array_elements_text(rescore.distribution -> 'after')
                with ordinality as band (payments, place)
            order by band.place
        ) as scores_after,
        rescore.rules_version,
        rescore.models_version,
        rescore.scored_at,
        rescore.started_at,
        rescore.finished_at
    from risk.rescores as rescore
    inner join ops.runs as run on run.run_id = rescore.run_id;
$$;

comment on function pipeline.list_rescores() is
    'Rescores: their days, how far they are, what changed. Unordered: the caller pages by run_id.';
