-- What the workers find in their drop folders and leave alone, and how their sweeps go: API and worker share nothing but the database.

create table ops.drop_folders (
    drop_folder_id bigint generated always as identity,
    host varchar(255) collate "C" not null,
    path varchar(1000) collate "C" not null,
    status varchar(10) collate "C" not null,
    error varchar(1000),
    sweep_started_at timestamptz,
    sweep_ended_at timestamptz,
    skipped_count int not null,
    reported_at timestamptz not null,
    constraint drop_folders_pkey primary key (drop_folder_id),
    constraint drop_folders_path_key unique (host, path),
    constraint drop_folders_status_check check (status in ('watching', 'failed', 'stuck')),
    constraint drop_folders_error_check check ((status = 'watching') = (error is null)),
    constraint drop_folders_skipped_count_check check (skipped_count >= 0)
);
comment on table ops.drop_folders is 'Drop folders and how their sweeps go, one a host and path; forgotten a week after the last report.';
comment on column ops.drop_folders.status is 'watching; failed: the last sweep was, or one of its own folders cannot be used; stuck: a sweep comes no further.';
comment on column ops.drop_folders.sweep_ended_at is 'Before sweep_started_at while a sweep is under way.';
comment on column ops.drop_folders.skipped_count is 'Entries that are left alone; the first thousand by name are rows of drop_folder_entries.';
comment on column ops.drop_folders.reported_at is 'When a worker last said so; it does at least every 30 seconds.';

create table ops.drop_folder_entries (
    drop_folder_id bigint not null,
    name varchar(500) collate "C" not null,
    kind varchar(20) collate "C" not null,
    reason varchar(1000) not null,
    first_seen_at timestamptz not null,
    constraint drop_folder_entries_pkey primary key (drop_folder_id, name),
    constraint drop_folder_entries_folder_fkey foreign key (drop_folder_id)
        references ops.drop_folders (drop_folder_id) on delete cascade,
    constraint drop_folder_entries_kind_check check (kind in (
        'folder', 'symbolic_link', 'hard_link', 'pipe', 'socket', 'device', 'invalid_name', 'in_use', 'unusable'
    ))
);
comment on table ops.drop_folder_entries is 'Entries that the last sweep of a drop folder left alone; gone from here once they are gone from there.';
comment on column ops.drop_folder_entries.name is 'Path within the folder; control characters escaped, card numbers masked, cut at 500 characters.';
comment on column ops.drop_folder_entries.reason is 'Why it is left alone, and what to do.';
