-- The window that later payments are to be held against: what the live model was trained on; without a model the first full days.
-- Grain: at most one row; none without a model as long as so many days are not over.
-- Reads: risk.models, rollup.day_totals, ops.archived_months, risk.versions. Called by: DriftStage.
create function pipeline.find_reference_window(
    p_days int,
    p_today date
) returns table (
    source varchar,
    from_day date,
    to_day date,
    models_version bigint
)
language sql
stable
parallel safe
as $$
    with stored as (
        select min(total.payment_date) as first_day
        from rollup.day_totals as total
        where not exists (
            select
            from ops.archived_months as archive
            where archive.status = 'archived'
                and archive.payment_month = date_trunc('month', total.payment_date::timestamp)::date
        )
    ),
    candidate as (
        select
            'model'::varchar as source,
            (model.trained_from at time zone 'UTC')::date as from_day,
            ((model.trained_until - interval '1 microsecond') at time zone 'UTC')::date as to_day,
            1 as preference
        from risk.models as model
        where model.status = 'live'
        union all
        select
            'first_days',
            stored.first_day,
            stored.first_day + p_days - 1,
            2
        from stored
        where stored.first_day + p_days <= p_today
    )
    select
        candidate.source,
        candidate.from_day,
        candidate.to_day,
        version.models as models_version
    from candidate
    cross join pipeline.risk_versions() as version
    order by candidate.preference
    limit 1;
$$;

comment on function pipeline.find_reference_window(int, date) is
    'The window that drift is measured against, both days included.';
