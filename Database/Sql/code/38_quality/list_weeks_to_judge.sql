-- ISO weeks whose quality is not known, or has changed since it was found.
-- Grain: one week that has payments in the store.
-- Reads: rollup.day_totals, ops.archived_months, ops.risk_quality, risk.labels, risk.rescores.
-- Called by: QualityStage.
--
-- A week changes by late payments, by labels, by a rescore, and when its labels become due. One with an archived
-- month keeps what was found before.
create function pipeline.list_weeks_to_judge(
    p_now timestamptz,
    p_label_delay interval
) returns table (
    week_start date,
    is_mature boolean
)
language sql
stable
parallel safe
as $$
    with week as (
        select
            date_trunc('week', total.payment_date::timestamp)::date as week_start,
            sum(total.transaction_count)::bigint as payments
        from rollup.day_totals as total
        group by date_trunc('week', total.payment_date::timestamp)::date
        having sum(total.transaction_count) > 0
    ),
    word as (
        select
            date_trunc('week', label.transaction_date at time zone 'UTC')::date as week_start,
            max(
                case
                    when label.known_at <= p_now then greatest(label.known_at, label.created_at)
                    else label.created_at
                end
            ) as latest_at,
            count(*) as labels
        from risk.labels as label
        where label.transaction_date is not null
        group by date_trunc('week', label.transaction_date at time zone 'UTC')::date
    )
    select
        week.week_start,
        (week.week_start + 7)::timestamp at time zone 'UTC' + p_label_delay <= p_now as is_mature
    from week
    left join ops.risk_quality as known on known.week_start = week.week_start
    left join word on word.week_start = week.week_start
    where (
            known.week_start is null
            or known.payments <> week.payments
            or known.is_mature is distinct from (
                (week.week_start + 7)::timestamp at time zone 'UTC' + p_label_delay <= p_now
            )
            or word.latest_at > known.checked_at
            or exists (
                select
                from risk.rescores as rescore
                where not rescore.is_dry_run
                    and coalesce(rescore.finished_at, p_now) > known.checked_at
                    and rescore.from_day < week.week_start + 7
                    and rescore.to_day >= week.week_start
            )
        )
        and not exists (
            select
            from ops.archived_months as archive
            where archive.status = 'archived'
                and archive.payment_month in (
                    date_trunc('month', week.week_start::timestamp)::date,
                    date_trunc('month', (week.week_start + 6)::timestamp)::date
                )
        );
$$;

comment on function pipeline.list_weeks_to_judge(timestamptz, interval) is
    'ISO weeks (by their Monday) that are to be judged, and whether their labels are due. Unordered: the caller orders by week_start.';
