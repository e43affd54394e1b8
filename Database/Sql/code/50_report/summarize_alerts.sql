-- How the review of alerts is doing.
-- Grain: one row per severity, most severe first, and one of all (severity ALL), each there even without alerts.
-- Reads: risk.alerts, risk.review_times. Called by: GET /api/alerts/summary, ExpireStage.
create function pipeline.summarize_alerts(
    p_since timestamptz,
    p_now timestamptz
) returns table (
    severity varchar,
    open bigint,
    in_review bigint,
    overdue bigint,
    oldest_opened_at timestamptz,
    next_due_at timestamptz,
    review_within_seconds bigint,
    resolved_fraud bigint,
    resolved_legitimate bigint,
    expired bigint,
    resolved_in_time bigint,
    median_seconds_to_resolve bigint
)
language sql
stable
parallel safe
as $$
    with looked_at as (
        select
            alert.severity,
            alert.status,
            alert.opened_at,
            alert.due_at,
            alert.resolved_at,
            alert.status in ('OPEN', 'IN_REVIEW') as is_waiting,
            alert.status in ('RESOLVED_FRAUD', 'RESOLVED_LEGITIMATE') as is_resolved
        from risk.alerts as alert
        where alert.status in ('OPEN', 'IN_REVIEW')
            or alert.resolved_at >= p_since
    ),
    counted as (
        select
            coalesce(looked_at.severity, 'ALL') as severity,
            count(*) filter (where looked_at.status = 'OPEN') as open,
            count(*) filter (where looked_at.status = 'IN_REVIEW') as in_review,
            count(*) filter (where looked_at.is_waiting and looked_at.due_at < p_now) as overdue,
            min(looked_at.opened_at) filter (where looked_at.is_waiting) as oldest_opened_at,
            min(looked_at.due_at) filter (where looked_at.is_waiting) as next_due_at,
            count(*) filter (where looked_at.status = 'RESOLVED_FRAUD') as resolved_fraud,
            count(*) filter (where looked_at.status = 'RESOLVED_LEGITIMATE')
                as resolved_legitimate,
            count(*) filter (where looked_at.status = 'EXPIRED') as expired,
            count(*) filter (
                where looked_at.is_resolved
                    and looked_at.resolved_at <= looked_at.due_at
            ) as resolved_in_time,
            percentile_disc(0.5) within group (
                order by extract(epoch from looked_at.resolved_at - looked_at.opened_at)
            ) filter (where looked_at.is_resolved) as median_seconds
        from looked_at
        group by grouping sets ((looked_at.severity), ())
    ),
    level as (
        select
            times.severity,
            extract(epoch from times.review_within)::bigint as review_within_seconds,
            pipeline.severity_rank(times.severity) as place
        from risk.review_times as times
        union all
        select
            'ALL',
            null,
            5
    )
    select
        level.severity,
        coalesce(counted.open, 0),
        coalesce(counted.in_review, 0),
        coalesce(counted.overdue, 0),
        counted.oldest_opened_at,
        counted.next_due_at,
        level.review_within_seconds,
        coalesce(counted.resolved_fraud, 0),
        coalesce(counted.resolved_legitimate, 0),
        coalesce(counted.expired, 0),
        coalesce(counted.resolved_in_time, 0),
        counted.median_seconds::bigint
    from level
    left join counted on counted.severity = level.severity
    order by level.place desc;
$$;

comment on function pipeline.summarize_alerts(timestamptz, timestamptz) is
    'Waiting alerts by severity and in all, how many are overdue, and of those that ended since an instant how, whether in time, and the median time to a verdict.';
