-- Looks once at what the platform's sessions execute: notices slow statements, cancels those asked for, follows the rest.
-- Grain: one slow statement that was new, or that has ended since. Reads: pg_stat_activity, ops.slow_queries.
-- Called by: SlowQueryWatch.
--
-- Sessions like the caller's (its login and application name) are workers: their statements are batches, settlements and
-- proofs, which may take as long as p_runs_after. A statement that waits for its client is not the one that is slow.
-- The caller sees the sessions of the logins that it is a member of.
create function pipeline.watch_slow_queries(
    p_after interval,
    p_runs_after interval
) returns table (
    slow_query_id bigint,
    role_name varchar,
    application_name varchar,
    statement varchar,
    state varchar,
    duration_ms bigint
)
language plpgsql
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    v_kept constant bigint := 1000;
begin
    -- Of several workers one looks at a time.
    if not pg_try_advisory_xact_lock(pipeline.lock_key('slow_queries')) then
        return;
    end if;

    perform pg_cancel_backend(session.pid)
    from ops.slow_queries as slow
    inner join pg_stat_activity as session
        on session.pid = slow.pid
        and session.backend_start = slow.backend_start
        and session.query_start = slow.query_start
    where slow.state = 'running'
        and slow.cancel_requested_at is not null
        and session.state = 'active'
        and session.pid <> pg_backend_pid();

    return query
        with session as materialized (
            select
                seen.pid,
                seen.backend_start,
                seen.query_start,
                seen.usename,
                seen.application_name,
                seen.query,
                seen.state = 'active' as is_active,
                seen.wait_event_type is not distinct from 'Client' as waits_for_client,
                case
                    when seen.state = 'active' then v_now
                    else seen.state_change
                end - seen.query_start as duration
            from pg_stat_activity as seen
            where seen.datname = current_database()
                and seen.backend_type = 'client backend'
                and seen.query_start is not null
                and seen.pid <> pg_backend_pid()
                and seen.usename in (
                    'payments_api', 'payments_worker', 'bi_reader', 'bi_reader_pii', session_user
                )
        ),
        noticed as (
            insert into ops.slow_queries as slow (
                pid, backend_start, query_start, role_name, application_name, statement,
                duration_ms, seen_at
            )
            select
                session.pid,
                session.backend_start,
                session.query_start,
                session.usename,
                session.application_name,
                pipeline.mask_statement(session.query),
                (extract(epoch from session.duration) * 1000)::bigint,
                v_now
            from session
            where session.is_active
                and not session.waits_for_client
                and session.duration >= case
                    when session.usename = session_user
                        and session.application_name = current_setting('application_name')
                        then p_runs_after
                    else p_after
                end
            on conflict (pid, backend_start, query_start) do update
            set duration_ms = excluded.duration_ms
            returning
                slow.slow_query_id,
                slow.role_name,
                slow.application_name,
                slow.statement,
                slow.state,
                slow.duration_ms,
                slow.seen_at = v_now as is_new
        ),
        ended as (
            update ops.slow_queries as slow
            set
                state = case
                    when slow.cancel_requested_at is null then 'finished' else 'cancelled'
                end,
                ended_at = v_now,
                duration_ms = greatest(
                    slow.duration_ms, (extract(epoch from past.duration) * 1000)::bigint
                )
            from ops.slow_queries as known
            left join session as past
                on past.pid = known.pid
                and past.backend_start = known.backend_start
                and past.query_start = known.query_start
            where known.state = 'running'
                and slow.slow_query_id = known.slow_query_id
                and past.is_active is not true
            returning
                slow.slow_query_id,
                slow.role_name,
                slow.application_name,
                slow.statement,
                slow.state,
                slow.duration_ms
        ),
        forgotten as (
            delete from ops.slow_queries as slow
            using noticed
            where noticed.is_new
                and slow.slow_query_id <= noticed.slow_query_id - v_kept
                and slow.state <> 'running'
        )
        select
            ended.slow_query_id,
            ended.role_name,
            ended.application_name,
            ended.statement,
            ended.state,
            ended.duration_ms
        from ended
        union all
        select
            noticed.slow_query_id,
            noticed.role_name,
            noticed.application_name,
            noticed.statement,
            noticed.state,
            noticed.duration_ms
        from noticed
        where noticed.is_new;
end;
$$;

comment on function pipeline.watch_slow_queries(interval, interval) is
    'Notices statements that run longer than p_after (the workers'': p_runs_after), cancels those that somebody asked to, and tells which are new or have ended.';
