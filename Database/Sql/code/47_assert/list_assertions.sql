-- Which assertions there are: the functions of this folder by their prefix, so that a new file is a new assertion.
-- Grain: one assertion. Reads: the catalogue. Called by: evaluate_assertions, list_latest_assertions, list_run_assertions.
--
-- expect_…: cheap, restricted to what the run touched; evaluated after each etl and import run.
-- prove_…: reads whole tables; evaluated by runs of the kind assertions (nightly, on request) and while the store is small.
-- Each takes (p_run_id bigint, p_now timestamptz) and returns one row (severity, holds, observed, expected, detail), or
-- none where it says nothing about the run. The name without its prefix is the assertion's, and is there once.
create function pipeline.list_assertions() returns table (
    assertion varchar,
    function_name varchar,
    reads_whole_store boolean,
    description text
)
language sql
stable
parallel safe
as $$
    select
        regexp_replace(function.proname::text, '^(expect|prove)_', '')::varchar as assertion,
        function.proname::varchar as function_name,
        starts_with(function.proname::text, 'prove_') as reads_whole_store,
        obj_description(function.oid, 'pg_proc') as description
    from pg_catalog.pg_proc as function
    where function.pronamespace = 'pipeline'::regnamespace
        and (
            starts_with(function.proname::text, 'expect_')
            or starts_with(function.proname::text, 'prove_')
        );
$$;

comment on function pipeline.list_assertions() is
    'Assertions about the data: their names, functions and descriptions. Unordered.';
