-- Asks for a backtest: a run of its own, which a worker does.
-- Grain: one value, the backtest's id. Reads: nothing. Called by: POST /api/rules/backtest.
create function pipeline.request_backtest(
    p_rule_code text,
    p_expression text,
    p_from_day date,
    p_to_day date,
    p_by text,
    p_trace_parent text,
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_backtest_id bigint;
begin
    insert into risk.backtests (
        rule_code,
        expression,
        from_day,
        to_day,
        requested_by,
        requested_at
    )
    values (
        p_rule_code,
        p_expression,
        p_from_day,
        p_to_day,
        left(p_by, 100),
        p_now
    )
    returning backtest_id into v_backtest_id;

    update risk.backtests as backtest
    set run_id = pipeline.request_run(
        'backtest',
        'backtest:' || v_backtest_id,
        'api',
        jsonb_build_object('backtest_id', v_backtest_id),
        p_trace_parent
    )
    where backtest.backtest_id = v_backtest_id;
    return v_backtest_id;
end;
$$;

comment on function pipeline.request_backtest(text, text, date, date, text, text, timestamptz) is
    'Keeps what is to be tried over which days, asks for the run that does it, and returns the backtest''s id.';
