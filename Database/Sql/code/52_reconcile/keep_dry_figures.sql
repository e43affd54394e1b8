-- Keeps what a dry run would have written, which it took back.
-- Grain: none. Reads: nothing. Called by: ReconcileStage.
create function pipeline.keep_dry_figures(
    p_run_id bigint,
    p_lines bigint,
    p_levels text[],
    p_outcomes text[],
    p_classes text[],
    p_currencies text[],
    p_counts bigint[],
    p_expected numeric[],
    p_actual numeric[]
) returns void
language sql
as $$
    update reconciliation.runs as run
    set
        lines_expected = p_lines,
        lines_done = p_lines
    where run.run_id = p_run_id;

    insert into reconciliation.run_figures (
        run_id,
        level,
        outcome,
        class,
        currency,
        item_count,
        expected_amount,
        actual_amount
    )
    select
        p_run_id,
        figure.level,
        figure.outcome,
        figure.class,
        figure.currency,
        figure.item_count,
        figure.expected_amount,
        figure.actual_amount
    from unnest(
        p_levels, p_outcomes, p_classes, p_currencies, p_counts, p_expected, p_actual
    ) as figure (
        level, outcome, class, currency, item_count, expected_amount, actual_amount
    )
    on conflict on constraint run_figures_pkey do nothing;
$$;

comment on function pipeline.keep_dry_figures(
    bigint, bigint, text[], text[], text[], text[], bigint[], numeric[], numeric[]
) is 'Keeps a dry run''s figures.';
