-- Keeps what a backtest has found.
-- Grain: none (one row of risk.backtests changes). Reads: nothing. Called by: BacktestStage.
create function pipeline.finish_backtest(
    p_backtest_id bigint,
    p_result jsonb,
    p_now timestamptz
) returns void
language sql
as $$
    update risk.backtests as backtest
    set
        finished_at = p_now,
        result = p_result
    where backtest.backtest_id = p_backtest_id;
$$;

comment on function pipeline.finish_backtest(bigint, jsonb, timestamptz) is
    'Writes down a backtest''s result.';
