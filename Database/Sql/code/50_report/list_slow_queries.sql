-- Statements that ran, or run, longer than they should.
-- Grain: one statement. Reads: ops.slow_queries. Called by: GET /api/slow-queries, GET /api/slow-queries/{id}.
create function pipeline.list_slow_queries(
    p_state text
) returns table (
    slow_query_id bigint,
    state varchar,
    role_name varchar,
    application_name varchar,
    statement varchar,
    started_at timestamptz,
    seen_at timestamptz,
    ended_at timestamptz,
    duration_ms bigint,
    cancel_requested_at timestamptz,
    cancel_requested_by varchar
)
language sql
stable
parallel safe
as $$
    select
        slow.slow_query_id,
        slow.state,
        slow.role_name,
        slow.application_name,
        slow.statement,
        slow.query_start as started_at,
        slow.seen_at,
        slow.ended_at,
        slow.duration_ms,
        slow.cancel_requested_at,
        slow.cancel_requested_by
    from ops.slow_queries as slow
    where p_state is null
        or slow.state = p_state;
$$;

comment on function pipeline.list_slow_queries(text) is
    'Slow statements of a state; null for all. Unordered: the caller pages by slow_query_id.';
