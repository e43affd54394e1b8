-- Asks for a slow statement to be cancelled; the worker, which may, does it at its next look.
-- Grain: one slow statement. Reads: ops.slow_queries. Called by: POST /api/slow-queries/{id}/cancel.
create function pipeline.cancel_slow_query(
    p_slow_query_id bigint,
    p_by text,
    p_now timestamptz
) returns boolean
language sql
as $$
    update ops.slow_queries as slow
    set
        cancel_requested_at = coalesce(slow.cancel_requested_at, p_now),
        cancel_requested_by = coalesce(slow.cancel_requested_by, left(p_by, 100))
    where slow.slow_query_id = p_slow_query_id
        and slow.state = 'running'
    returning true;
$$;

comment on function pipeline.cancel_slow_query(bigint, text, timestamptz) is
    'Asks for a slow statement to be cancelled, the first time it is asked for; true while it runs, else null.';
