-- The window that later payments are to be held against: the first full days, as many as asked for.
-- Grain: at most one row; none as long as so many days are not over. Reads: rollup.day_totals, ops.archived_months, risk.versions.
-- Called by: DriftStage.
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
    select
        'first_days'::varchar as source,
        stored.first_day as from_day,
        stored.first_day + p_days - 1 as to_day,
        version.models as models_version
    from (
        select min(total.payment_date) as first_day
        from rollup.day_totals as total
        where not exists (
            select
            from ops.archived_months as archive
            where archive.status = 'archived'
                and archive.payment_month = date_trunc('month', total.payment_date::timestamp)::date
        )
    ) as stored
    cross join pipeline.risk_versions() as version
    where stored.first_day + p_days <= p_today;
$$;

comment on function pipeline.find_reference_window(int, date) is
    'The window that drift is measured against, both days included.';
