-- How soon alerts are to be reviewed, and when they expire.
-- Grain: one severity. Reads: risk.review_times. Called by: GET /api/alerts/review-times.
create function pipeline.list_review_times() returns table (
    place int,
    severity varchar,
    review_within_minutes bigint,
    expires_after_days bigint
)
language sql
stable
parallel safe
as $$
    select
        pipeline.severity_rank(level.severity) as place,
        level.severity,
        (extract(epoch from level.review_within) / 60)::bigint as review_within_minutes,
        (extract(epoch from level.expires_after) / 86400)::bigint as expires_after_days
    from risk.review_times as level;
$$;

comment on function pipeline.list_review_times() is
    'The times of each severity. Unordered: the caller orders by place, LOW 1 to CRITICAL 4.';
