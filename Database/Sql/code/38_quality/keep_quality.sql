-- Keeps how good the decisions of a week were, in place of what was found before.
-- Grain: none. Reads: nothing. Called by: QualityStage.
create function pipeline.keep_quality(
    p_week_start date,
    p_payments bigint,
    p_labelled bigint,
    p_is_mature boolean,
    p_figures jsonb,
    p_run_id bigint,
    p_checked_at timestamptz
) returns void
language sql
as $$
    insert into ops.risk_quality (
        week_start,
        payments,
        labelled,
        frauds,
        is_mature,
        review_true_positives,
        review_false_positives,
        review_precision,
        review_recall,
        review_false_positive_rate,
        block_true_positives,
        block_false_positives,
        block_precision,
        block_recall,
        block_false_positive_rate,
        average_precision,
        auc_roc,
        run_id,
        checked_at
    )
    select
        p_week_start,
        p_payments,
        p_labelled,
        figure.frauds,
        p_is_mature,
        figure.review_true_positives,
        figure.review_false_positives,
        figure.review_precision,
        figure.review_recall,
        figure.review_false_positive_rate,
        figure.block_true_positives,
        figure.block_false_positives,
        figure.block_precision,
        figure.block_recall,
        figure.block_false_positive_rate,
        figure.average_precision,
        figure.auc_roc,
        p_run_id,
        p_checked_at
    from jsonb_to_record(coalesce(p_figures, '{}')) as figure (
        frauds bigint,
        review_true_positives bigint,
        review_false_positives bigint,
        review_precision numeric,
        review_recall numeric,
        review_false_positive_rate numeric,
        block_true_positives bigint,
        block_false_positives bigint,
        block_precision numeric,
        block_recall numeric,
        block_false_positive_rate numeric,
        average_precision numeric,
        auc_roc numeric
    )
    on conflict on constraint risk_quality_pkey do update set
        payments = excluded.payments,
        labelled = excluded.labelled,
        frauds = excluded.frauds,
        is_mature = excluded.is_mature,
        review_true_positives = excluded.review_true_positives,
        review_false_positives = excluded.review_false_positives,
        review_precision = excluded.review_precision,
        review_recall = excluded.review_recall,
        review_false_positive_rate = excluded.review_false_positive_rate,
        block_true_positives = excluded.block_true_positives,
        block_false_positives = excluded.block_false_positives,
        block_precision = excluded.block_precision,
        block_recall = excluded.block_recall,
        block_false_positive_rate = excluded.block_false_positive_rate,
        average_precision = excluded.average_precision,
        auc_roc = excluded.auc_roc,
        run_id = excluded.run_id,
        checked_at = excluded.checked_at;
$$;

comment on function pipeline.keep_quality(date, bigint, bigint, boolean, jsonb, bigint, timestamptz) is
    'Keeps the figures of an ISO week; null figures: its labels are not known or not due.';
