-- What rules would have done over history.
-- Grain: one backtest. Reads: risk.backtests, ops.runs.
-- Called by: GET /api/rules/backtests, GET /api/rules/backtests/{id}, BacktestStage.
create function pipeline.list_backtests(
    p_rule_code text
) returns table (
    backtest_id bigint,
    run_id bigint,
    status varchar,
    rule_code varchar,
    expression varchar,
    from_day date,
    to_day date,
    requested_by varchar,
    requested_at timestamptz,
    finished_at timestamptz,
    result jsonb
)
language sql
stable
parallel safe
as $$
    select
        backtest.backtest_id,
        backtest.run_id,
        run.status,
        backtest.rule_code,
        backtest.expression,
        backtest.from_day,
        backtest.to_day,
        backtest.requested_by,
        backtest.requested_at,
        backtest.finished_at,
        backtest.result
    from risk.backtests as backtest
    inner join ops.runs as run on run.run_id = backtest.run_id
    where p_rule_code is null
        or backtest.rule_code = p_rule_code;
$$;

comment on function pipeline.list_backtests(text) is
    'Backtests, of one rule or of all (null), with how their runs are and what they found. Unordered: the caller pages by backtest_id.';
