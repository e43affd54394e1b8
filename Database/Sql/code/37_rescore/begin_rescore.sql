-- Begins a rescore, or goes on with it where a former attempt has come to.
-- Grain: one row. Reads: risk.rescores, rollup.day_totals. Called by: RescoreStage.
--
-- All of it is scored by the same rules and models: when these have changed since the former attempt, it begins anew.
create function pipeline.begin_rescore(
    p_run_id bigint,
    p_from_day date,
    p_to_day date,
    p_is_dry_run boolean,
    p_raises_alerts boolean,
    p_scored_at timestamptz,
    p_rules_version bigint,
    p_models_version bigint
) returns setof risk.rescores
language plpgsql
as $$
begin
    delete from risk.rescores as former
    where former.run_id = p_run_id
        and (former.rules_version, former.models_version)
            is distinct from (p_rules_version, p_models_version);

    insert into risk.rescores (
        run_id,
        from_day,
        to_day,
        is_dry_run,
        raises_alerts,
        scored_at,
        rules_version,
        models_version,
        payments_expected
    )
    select
        p_run_id,
        p_from_day,
        p_to_day,
        p_is_dry_run,
        p_raises_alerts,
        p_scored_at,
        p_rules_version,
        p_models_version,
        coalesce(sum(total.transaction_count), 0)
    from rollup.day_totals as total
    where total.payment_date >= p_from_day
        and total.payment_date <= p_to_day
    on conflict on constraint rescores_pkey do nothing;

    return query
        select begun.*
        from risk.rescores as begun
        where begun.run_id = p_run_id;
end;
$$;

comment on function pipeline.begin_rescore(bigint, date, date, boolean, boolean, timestamptz, bigint, bigint) is
    'The rescore of a run as far as it has come; begun now, or begun anew because rules or models have changed.';
