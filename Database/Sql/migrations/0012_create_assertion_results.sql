-- What the assertions found, run by run; which assertions there are is in the code (47_assert).

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions'
));

create table ops.assertion_results (
    run_id bigint not null,
    assertion varchar(60) collate "C" not null,
    severity varchar(10) not null,
    status varchar(10) not null,
    observed text,
    expected text,
    detail text,
    checked_at timestamptz not null,
    constraint assertion_results_pkey primary key (run_id, assertion),
    constraint assertion_results_run_fkey foreign key (run_id)
        references ops.runs (run_id) on delete cascade,
    constraint assertion_results_severity_check check (severity in ('error', 'warning')),
    constraint assertion_results_status_check check (
        status in ('passed', 'failed') or (status = 'warned' and severity = 'warning')
    )
);
comment on table ops.assertion_results is 'What each assertion about the data found at the end of a run; kept as history.';
comment on column ops.assertion_results.severity is 'What it means when it does not hold: error marks the run, warning asks for a look.';
comment on column ops.assertion_results.status is 'passed; failed; warned, where a warning does not hold. An assertion that could not be evaluated has failed.';
comment on column ops.assertion_results.detail is 'Where it does not hold: a few examples, or the error of its evaluation.';
create index assertion_results_latest_idx on ops.assertion_results (
    assertion, checked_at desc, run_id desc
);
