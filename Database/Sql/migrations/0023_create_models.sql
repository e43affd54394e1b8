-- Models of the risk engine, every version with what it was trained on and how it did (ADR 25).

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation', 'backtest',
    'train_model'
));

create table risk.models (
    version bigint generated always as identity,
    kind varchar(10) collate "C" not null,
    status varchar(10) collate "C" not null default 'candidate',
    content bytea not null,
    trained_from timestamptz not null,
    trained_until timestamptz not null,
    payments bigint not null,
    frauds bigint not null,
    metrics jsonb not null default '{}',
    note varchar(1000),
    run_id bigint,
    created_at timestamptz not null,
    promoted_at timestamptz,
    retired_at timestamptz,
    constraint models_pkey primary key (version),
    constraint models_kind_check check (kind in ('forest', 'fraud')),
    constraint models_status_check check (
        status in ('candidate', 'live', 'retired', 'rejected')
    ),
    constraint models_trained_check check (trained_from < trained_until),
    constraint models_counts_check check (payments > 0 and frauds between 0 and payments),
    constraint models_run_fkey foreign key (run_id) references ops.runs (run_id)
);
comment on table risk.models is 'Every model that was trained; the live one scores, with the rules.';
comment on column risk.models.kind is 'forest: learned without labels; fraud: a forest and trees that have learned from labels.';
comment on column risk.models.status is 'candidate: never live; live; retired: another took its place; rejected: worse than the live one, or rolled back.';
comment on column risk.models.content is 'The model as ScoringModel reads it: forest, trees, calibration.';
comment on column risk.models.trained_from is 'The first instant of the payments that it has learned from; trained_until is the first behind them.';
comment on column risk.models.payments is 'Payments that it has learned from.';
comment on column risk.models.frauds is 'Of these, the frauds known when it was trained.';
comment on column risk.models.metrics is 'How it and the model that was live then did on later days that neither had seen, what 70 and 90 mean, how evidence weighs.';
comment on column risk.models.note is 'Why it was promoted or not, rolled back or rejected.';
create unique index models_live_idx on risk.models (status) where status = 'live';
