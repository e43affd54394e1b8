-- Adds to what a run has found.
-- Grain: one value, how many figures. Reads: nothing.
-- Called by: match_lines, keep_groups, keep_differences, close_differences, complete_banked_settlements. Not by keep_dry_figures,
-- which may be said twice.
create function pipeline.add_figures(
    p_figures reconciliation.run_figures[]
) returns bigint
language plpgsql
as $$
declare
    v_figures bigint;
begin
    insert into reconciliation.run_figures as known (
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
        figure.run_id,
        figure.level,
        figure.outcome,
        figure.class,
        figure.currency,
        figure.item_count,
        figure.expected_amount,
        figure.actual_amount
    from unnest(p_figures) as figure
    -- What a person does is no run's.
    where figure.run_id is not null
    on conflict on constraint run_figures_pkey do update
    set
        item_count = known.item_count + excluded.item_count,
        expected_amount = known.expected_amount + excluded.expected_amount,
        actual_amount = known.actual_amount + excluded.actual_amount;
    get diagnostics v_figures = row_count;
    return v_figures;
end;
$$;

comment on function pipeline.add_figures(reconciliation.run_figures[]) is
    'Adds counts and sums to a run''s figures; returns how many rows.';
