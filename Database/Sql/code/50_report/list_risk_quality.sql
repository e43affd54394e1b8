-- How good the decisions of each ISO week were.
-- Grain: one week. Reads: ops.risk_quality. Called by: GET /api/risk/quality.
create function pipeline.list_risk_quality(
    p_from date,
    p_to date
) returns table (
    week_start date,
    payments bigint,
    labelled bigint,
    is_mature boolean,
    frauds bigint,
    review_precision numeric,
    review_recall numeric,
    review_false_positive_rate numeric,
    block_precision numeric,
    block_recall numeric,
    block_false_positive_rate numeric,
    average_precision numeric,
    auc_roc numeric,
    run_id bigint,
    checked_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        week.week_start,
        week.payments,
        week.labelled,
        week.is_mature,
        week.frauds,
        week.review_precision,
        week.review_recall,
        week.review_false_positive_rate,
        week.block_precision,
        week.block_recall,
        week.block_false_positive_rate,
        week.average_precision,
        week.auc_roc,
        week.run_id,
        week.checked_at
    from ops.risk_quality as week
    where (p_from is null or week.week_start > p_from - 7)
        and (p_to is null or week.week_start <= p_to);
$$;

comment on function pipeline.list_risk_quality(date, date) is
    'Quality of decisions by ISO week, of the weeks that have a day of the given ones. Unordered: the caller orders by week_start.';
