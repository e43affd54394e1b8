-- Issues simulated on purpose are runs, as is the repair of settlements; statements that take too long are kept.

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation'
));
-- A simulation is a run of its own like an import: another issue's must not be joined.
drop index ops.runs_one_active_idx;
create unique index runs_one_active_idx on ops.runs (kind)
    where kind not in ('import', 'simulation') and status in ('queued', 'running');

create table ops.slow_queries (
    slow_query_id bigint generated always as identity,
    pid int not null,
    backend_start timestamptz not null,
    query_start timestamptz not null,
    role_name varchar(63) collate "C" not null,
    application_name varchar(63) not null,
    statement varchar(1000) not null,
    state varchar(10) not null default 'running',
    duration_ms bigint not null,
    seen_at timestamptz not null,
    ended_at timestamptz,
    cancel_requested_at timestamptz,
    cancel_requested_by varchar(100),
    constraint slow_queries_pkey primary key (slow_query_id),
    constraint slow_queries_statement_key unique (pid, backend_start, query_start),
    constraint slow_queries_state_check check (state in ('running', 'finished', 'cancelled')),
    constraint slow_queries_ended_check check ((state = 'running') = (ended_at is null))
);
comment on table ops.slow_queries is 'Statements of the platform''s sessions that ran longer than they should; the newest thousand.';
comment on column ops.slow_queries.pid is 'The server process; with the two instants beside it, it names one statement for ever.';
comment on column ops.slow_queries.statement is 'Up to the first quoted value, numbers as ?, cut at 1,000 characters: no data of anybody.';
comment on column ops.slow_queries.duration_ms is 'Longest seen; exact when the session was still there, idle, after the statement''s end.';
comment on column ops.slow_queries.seen_at is 'When the watch first saw it.';
comment on column ops.slow_queries.cancel_requested_at is 'When somebody asked for it to be cancelled; the worker does that at its next look.';
create index slow_queries_running_idx on ops.slow_queries (slow_query_id) where state = 'running';
