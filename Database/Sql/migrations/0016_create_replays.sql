-- Refused records stay open until a replay of them is taken or somebody dismisses them; imports say how far they are.

alter table ops.imports
    add column replays_import_id bigint,
    add column records_replayed bigint not null default 0,
    add column records_dismissed bigint not null default 0,
    add column bytes_read bigint not null default 0,
    add constraint imports_replays_fkey foreign key (replays_import_id)
        references ops.imports (import_id),
    add constraint imports_resolved_check check (
        records_replayed + records_dismissed <= records_rejected
    );
comment on column ops.imports.replays_import_id is 'The import whose refused records this one reads again: the same file, restricted to ops.replayed_records.';
comment on column ops.imports.records_replayed is 'Of the rejected: taken since, by a replay.';
comment on column ops.imports.records_dismissed is 'Of the rejected: dismissed by somebody, with a reason.';
comment on column ops.imports.bytes_read is 'How far the file, as it was sent, has been read when the last whole batch was loaded.';
create index imports_replays_idx on ops.imports (replays_import_id)
    where replays_import_id is not null;

alter table ops.quarantine
    add column status varchar(10) not null default 'open',
    add column latest_reasons text[],
    add column replay_import_id bigint,
    add column handled_by varchar(100),
    add column handled_at timestamptz,
    add column note text,
    add constraint quarantine_status_check check (
        status in ('open', 'replayed', 'dismissed', 'repeated')
    ),
    add constraint quarantine_dismissed_check check (
        status <> 'dismissed' or (note is not null and handled_by is not null)
    );
comment on column ops.quarantine.status is 'open; replayed: taken since; dismissed: somebody said why not; repeated: refused again by a replay, the record that it replays stays open in its stead.';
comment on column ops.quarantine.latest_reasons is 'Why the newest replay was refused too; null: not replayed, or not refused.';
comment on column ops.quarantine.replay_import_id is 'The newest import that replays the record; under way while that is queued or running.';
comment on column ops.quarantine.handled_by is 'Who asked for the newest replay, or dismissed the record.';
comment on column ops.quarantine.note is 'What they said about it; of a dismissed record the reason.';

create table ops.replayed_records (
    import_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    corrections jsonb,
    constraint replayed_records_pkey primary key (import_id, record_number),
    constraint replayed_records_import_fkey foreign key (import_id)
        references ops.imports (import_id) on delete cascade
);
comment on table ops.replayed_records is 'The records that a replay reads of its file, numbered as in the import that it replays.';
comment on column ops.replayed_records.line_number is 'The physical line where the record starts, from 1.';
comment on column ops.replayed_records.corrections is 'Values that stand for the record''s own, by the names of the profile''s columns; null: as it came.';
create index replayed_records_line_idx on ops.replayed_records (import_id, line_number);
