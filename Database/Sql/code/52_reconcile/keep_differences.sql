-- Keeps the differences that this transaction has found: each fact once. One that was closed is opened again; one that a person
-- has resolved only when its amounts have changed since.
-- Grain: one value, the differences opened. Reads: staging.found_differences. Called by: the steps of a reconciliation,
-- make_match, undo_match, accept_proposal.
create function pipeline.keep_differences(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_opened bigint;
    v_figures bigint;
begin
    with found as (
        delete from staging.found_differences as found
        returning found.*
    ),
    kept as (
        insert into reconciliation.differences as known (
            run_id,
            level,
            aspect,
            class,
            processor,
            account,
            merchant_id,
            expected_kind,
            expected_key,
            actual_kind,
            actual_key,
            currency,
            expected_amount,
            actual_amount,
            item_day,
            opened_at,
            updated_at
        )
        select
            p_run_id,
            found.level,
            found.aspect,
            found.class,
            found.processor,
            found.account,
            found.merchant_id,
            found.expected_kind,
            found.expected_key,
            found.actual_kind,
            found.actual_key,
            found.currency,
            found.expected_amount,
            found.actual_amount,
            found.item_day,
            p_now,
            p_now
        from found
        on conflict on constraint differences_fact_key do update
        set
            run_id = excluded.run_id,
            class = excluded.class,
            status = 'open',
            currency = excluded.currency,
            expected_amount = excluded.expected_amount,
            actual_amount = excluded.actual_amount,
            item_day = excluded.item_day,
            merchant_id = excluded.merchant_id,
            updated_at = excluded.updated_at,
            closed_at = null,
            closed_by = null,
            reason = null
        where known.status = 'closed'
            or (known.currency, known.expected_amount, known.actual_amount)
                is distinct from (excluded.currency, excluded.expected_amount, excluded.actual_amount)
            or (known.status = 'open' and known.class <> excluded.class)
        returning
            known.level,
            known.class,
            known.currency,
            known.expected_amount,
            known.actual_amount
    ),
    figure as (
        select
            kept.level,
            kept.class,
            kept.currency,
            count(*) as item_count,
            sum(kept.expected_amount) as expected_amount,
            sum(kept.actual_amount) as actual_amount
        from kept
        group by
            kept.level,
            kept.class,
            kept.currency
    )
    select
        coalesce(sum(figure.item_count), 0),
        pipeline.add_figures(
            array_agg(
                row(
                    p_run_id,
                    figure.level,
                    'difference',
                    figure.class,
                    figure.currency,
                    figure.item_count,
                    figure.expected_amount,
                    figure.actual_amount
                )::reconciliation.run_figures
            )
        )
    into
        v_opened,
        v_figures
    from figure;
    return v_opened;
end;
$$;

comment on function pipeline.keep_differences(bigint, timestamptz) is
    'Opens what the transaction has put into staging.found_differences, each fact once; returns how many were opened or have changed.';
