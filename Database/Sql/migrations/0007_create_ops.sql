-- Work is requested as a row and done by a worker: what asked for it is unique, so nothing runs twice.

create table ops.runs (
    run_id bigint generated always as identity,
    kind varchar(30) not null,
    request_key varchar(200) not null,
    requested_by varchar(20) not null,
    parameters jsonb not null default '{}',
    status varchar(10) not null default 'queued',
    attempt int not null default 0,
    failed_attempts int not null default 0,
    not_before timestamptz not null default now(),
    trace_parent varchar(55),
    requested_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    worker varchar(100),
    result jsonb,
    error text,
    constraint runs_pkey primary key (run_id),
    constraint runs_request_key_key unique (request_key),
    constraint runs_kind_check check (kind in (
        'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated'
    )),
    constraint runs_requested_by_check check (
        requested_by in ('api', 'schedule', 'drop_folder', 'first_run', 'command')
    ),
    constraint runs_status_check check (status in ('queued', 'running', 'succeeded', 'failed')),
    constraint runs_finished_check check (
        (status in ('succeeded', 'failed')) = (finished_at is not null)
    )
);
comment on table ops.runs is 'Every piece of work asked for, by whom, and what became of it.';
comment on column ops.runs.request_key is 'What asked for the run; the same request twice is one run.';
comment on column ops.runs.attempt is 'Counts claims by a worker; also the fencing token: only the newest attempt may write.';
comment on column ops.runs.failed_attempts is 'Attempts that ended in a fault or with their worker; bounded. A run handed back is not one.';
comment on column ops.runs.not_before is 'Earliest next attempt: retries back off.';
comment on column ops.runs.trace_parent is 'W3C traceparent of the request, so that one trace leads from it to the worker''s SQL.';
comment on column ops.runs.result is 'Counts of a finished run; for etl records_loaded and records_added.';
create unique index runs_one_active_idx on ops.runs (kind)
    where kind <> 'import' and status in ('queued', 'running');
create index runs_active_idx on ops.runs (not_before, run_id) where status in ('queued', 'running');

create table ops.run_steps (
    run_id bigint not null,
    attempt int not null,
    step_number int not null,
    stage varchar(30) not null,
    status varchar(10) not null default 'running',
    rows_in bigint not null default 0,
    rows_out bigint not null default 0,
    started_at timestamptz not null,
    finished_at timestamptz,
    duration_ms bigint,
    error text,
    constraint run_steps_pkey primary key (run_id, attempt, step_number),
    constraint run_steps_run_fkey foreign key (run_id) references ops.runs (run_id) on delete cascade,
    constraint run_steps_status_check check (status in ('running', 'succeeded', 'failed'))
);
comment on table ops.run_steps is 'Stages of a run in order, with their counts, durations and errors.';
comment on column ops.run_steps.duration_ms is 'Time spent in the stage; stages that take turns per batch overlap in wall time, so this can be less than finished - started.';

create table ops.imports (
    import_id bigint generated always as identity,
    run_id bigint,
    profile varchar(50) not null,
    mode varchar(10) not null default 'insert',
    file_name varchar(260),
    content_sha256 char(64) not null,
    size_bytes bigint not null,
    is_gzip boolean not null default false,
    status varchar(10) not null default 'queued',
    records_read bigint not null default 0,
    records_accepted bigint not null default 0,
    records_duplicate bigint not null default 0,
    records_rejected bigint not null default 0,
    by_reason jsonb not null default '{}',
    file_rejected varchar(50),
    file_rejected_detail text,
    warnings text[] not null default '{}',
    next_record bigint not null default 0,
    is_generated boolean not null default false,
    received_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    error text,
    constraint imports_pkey primary key (import_id),
    constraint imports_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint imports_mode_check check (mode in ('insert', 'update')),
    constraint imports_status_check check (
        status in ('queued', 'running', 'completed', 'rejected', 'failed')
    ),
    constraint imports_account_check check (
        records_read = records_accepted + records_duplicate + records_rejected
    )
);
comment on table ops.imports is 'Files received, and the account of each: read = accepted + duplicate + rejected at every moment.';
comment on column ops.imports.content_sha256 is 'SHA-256 of the file, lower-case hex; also its name in the spool.';
comment on column ops.imports.is_gzip is 'The sender declared it; undeclared compression is refused as file.encoding.';
comment on column ops.imports.next_record is 'Records already accounted for; a restart goes on behind them.';
comment on column ops.imports.by_reason is 'First reason of each rejected record: {code: rows}.';
create index imports_run_idx on ops.imports (run_id);

create table ops.batches (
    batch_id bigint generated always as identity,
    run_id bigint not null,
    import_id bigint not null,
    first_record bigint not null,
    record_count bigint not null,
    lane smallint,
    loaded_at timestamptz,
    unsettled_from date default '-infinity',
    constraint batches_pkey primary key (batch_id),
    constraint batches_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint batches_import_fkey foreign key (import_id) references ops.imports (import_id)
);
comment on table ops.batches is 'The slices in which files are loaded, each in one transaction.';
comment on column ops.batches.first_record is 'Number of the batch''s first record in the file, from 1, the header not counted.';
comment on column ops.batches.unsettled_from is 'First UTC day whose payments of this batch still wait to be settled; -infinity: not looked at, null: none.';
comment on column ops.batches.lane is 'The staging lane that the batch was validated in; load_batch finds its rows there.';
create index batches_import_idx on ops.batches (import_id);
create index batches_unsettled_idx on ops.batches (unsettled_from) where unsettled_from is not null;

create table ops.settled_merchants (
    merchant_id varchar(50) collate "C" not null,
    settles_from date not null,
    constraint settled_merchants_pkey primary key (merchant_id)
);
comment on table ops.settled_merchants is 'From which day on the payments of each merchant have been looked at for settling; an earlier merchants.settles_from makes the older ones due.';

create table ops.quarantine (
    import_id bigint not null,
    record_number bigint not null,
    batch_id bigint not null,
    line_number bigint not null,
    reason varchar(60) not null,
    reasons text[] not null,
    raw_record text not null,
    raw_is_cut boolean not null default false,
    created_at timestamptz not null default now(),
    constraint quarantine_pkey primary key (import_id, record_number),
    constraint quarantine_import_fkey foreign key (import_id)
        references ops.imports (import_id) on delete cascade
);
comment on table ops.quarantine is 'Records that were refused, with every reason and their place in the file.';
comment on column ops.quarantine.reason is 'The first reason, under which the record is counted.';
comment on column ops.quarantine.raw_record is 'The record as it came, bad bytes and control characters escaped, cut at 4,000 characters.';

create table ops.sla_incidents (
    settlement_id varchar(50) collate "C" not null,
    opened_at timestamptz not null,
    days_delayed_at_opening int not null,
    closed_at timestamptz,
    constraint sla_incidents_pkey primary key (settlement_id),
    constraint sla_incidents_settlement_fkey foreign key (settlement_id)
        references public.settlements (settlement_id) on delete cascade
);
comment on table ops.sla_incidents is 'Settlements that broke their SLA, each recorded once.';
comment on column ops.sla_incidents.closed_at is 'When the money was seen to have come; null while it is late.';
