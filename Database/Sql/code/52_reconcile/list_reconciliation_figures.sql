-- What a reconciliation found, counted and summed.
-- Grain: one level, outcome, class and currency. Reads: reconciliation.run_figures.
-- Called by: GET /api/reconciliation/runs/{id}, ReconcileStage.
create function pipeline.list_reconciliation_figures(
    p_run_id bigint
) returns table (
    level varchar,
    outcome varchar,
    class varchar,
    currency varchar,
    item_count bigint,
    expected_amount numeric,
    actual_amount numeric
)
language sql
stable
parallel safe
as $$
    select
        figure.level,
        figure.outcome,
        figure.class,
        figure.currency,
        figure.item_count,
        figure.expected_amount,
        figure.actual_amount
    from reconciliation.run_figures as figure
    where figure.run_id = p_run_id
    order by
        figure.level,
        figure.outcome,
        figure.class,
        figure.currency;
$$;

comment on function pipeline.list_reconciliation_figures(bigint) is
    'Matches, differences, proposals, closings and completions of a run by class and currency.';
