create table risk.versions (
    subject varchar(10) collate "C" not null,
    version bigint not null,
    changed_at timestamptz not null default now(),
    constraint versions_pkey primary key (subject),
    constraint versions_subject_check check (subject in ('rules', 'models'))
);
comment on table risk.versions is 'What scoring goes by, as a number that every change raises: each batch reads it and loads anew what has changed.';
comment on column risk.versions.subject is 'rules (with lists, suppressions and thresholds) or models.';

insert into risk.versions (subject, version)
values
    ('rules', 1),
    ('models', 1);
