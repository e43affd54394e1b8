-- Drift: the number of payments of the last complete UTC day lies with those of the days before it, in each currency.
-- Grain: one row; none before a week of the last four has payments. Reads: judge_last_day. Called by: evaluate_assertions.
create function pipeline.expect_steady_volume(
    p_run_id bigint,
    p_now timestamptz
) returns table (severity text, holds boolean, observed text, expected text, detail text)
language sql
stable
parallel safe
as $$
    select
        judged.severity,
        judged.holds,
        judged.observed,
        judged.expected,
        judged.detail
    from pipeline.judge_last_day(p_now, 'volume') as judged;
$$;

comment on function pipeline.expect_steady_volume(bigint, timestamptz) is
    'In each currency the number of payments of the last complete UTC day is within three deviations, or a quarter, of the mean of the four weeks before.';
