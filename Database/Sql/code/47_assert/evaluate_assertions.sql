-- Evaluates the assertions at the end of a run and keeps what they found.
-- Grain: one assertion that says something about the run. Reads: what the assertions read. Called by: AssertStage.
--
-- An assertion whose evaluation breaks has failed and says why: the others are evaluated all the same, and what the run
-- has loaded stays loaded. An attempt repeated writes its results anew.
create function pipeline.evaluate_assertions(
    p_run_id bigint,
    p_attempt int,
    p_is_whole boolean,
    p_now timestamptz
) returns table (
    assertion varchar,
    status varchar,
    observed text,
    expected text,
    detail text
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    -- About 50,000 payments: whole tables of that size are read in a fraction of a second.
    v_small_keys constant bigint := 4 * 1024 * 1024;
    v_assertion record;
    v_found record;
begin
    perform pipeline.assert_run_owner(p_run_id, p_attempt);
    delete from ops.assertion_results as result
    where result.run_id = p_run_id;

    for v_assertion in
        select
            listed.assertion,
            listed.function_name
        from pipeline.list_assertions() as listed
        where p_is_whole
            or not listed.reads_whole_store
            or pg_relation_size('public.payment_keys') <= v_small_keys
        order by listed.assertion
    loop
        begin
            execute format(
                'select severity, holds, observed, expected, detail from pipeline.%I($1, $2)',
                v_assertion.function_name
            )
            into v_found
            using p_run_id, p_now;
        exception
            when others then
                insert into ops.assertion_results (
                    run_id, assertion, severity, status, expected, detail, checked_at
                )
                values (
                    p_run_id,
                    v_assertion.assertion,
                    'error',
                    'failed',
                    'an evaluation',
                    concat_ws(': ', sqlstate, sqlerrm),
                    p_now
                );
                continue;
        end;

        insert into ops.assertion_results (
            run_id, assertion, severity, status, observed, expected, detail, checked_at
        )
        select
            p_run_id,
            v_assertion.assertion,
            v_found.severity,
            case
                when v_found.holds then 'passed'
                when v_found.severity = 'warning' then 'warned'
                else 'failed'
            end,
            v_found.observed,
            v_found.expected,
            case when not v_found.holds then v_found.detail end,
            p_now
        where v_found.severity is not null;
    end loop;

    return query
        select
            result.assertion,
            result.status,
            result.observed,
            result.expected,
            result.detail
        from ops.assertion_results as result
        where result.run_id = p_run_id
        order by result.assertion;
end;
$$;

comment on function pipeline.evaluate_assertions(bigint, int, boolean, timestamptz) is
    'Evaluates the assertions for a run, those over whole tables when asked or while the store is small; keeps and returns what they found.';
