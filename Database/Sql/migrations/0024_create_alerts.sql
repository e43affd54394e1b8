-- Alerts and what became of them, labels as everybody reads them, and the events that the live feed tells.

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation', 'backtest',
    'train_model', 'alert_expiry'
));

create table risk.review_times (
    severity varchar(10) collate "C" not null,
    review_within interval not null,
    expires_after interval not null,
    constraint review_times_pkey primary key (severity),
    constraint review_times_severity_check check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    constraint review_times_positive_check check (
        review_within > interval '0'
        and expires_after >= review_within
    )
);
comment on table risk.review_times is 'How soon alerts of a severity are to be reviewed, and when those that nobody touches expire.';
comment on column risk.review_times.review_within is 'From when an alert is raised, or becomes this severe.';
comment on column risk.review_times.expires_after is 'From an alert''s last step or payment.';

insert into risk.review_times (severity, review_within, expires_after)
values
    ('LOW', interval '72 hours', interval '14 days'),
    ('MEDIUM', interval '24 hours', interval '30 days'),
    ('HIGH', interval '4 hours', interval '60 days'),
    ('CRITICAL', interval '1 hour', interval '90 days');

create table risk.currency_scales (
    currency char(3) collate "C" not null,
    typical_amount numeric(18, 3) not null,
    measured_at timestamptz not null default now(),
    constraint currency_scales_pkey primary key (currency),
    constraint currency_scales_typical_amount_check check (typical_amount > 0)
);
comment on table risk.currency_scales is 'What a typical payment of a currency amounts to: losses of different currencies are ranked by how many of these they are, and never added up.';
comment on column risk.currency_scales.typical_amount is 'Mean of the currency''s payments of the last 90 days when it was measured.';

create table risk.alerts (
    alert_id bigint generated always as identity,
    customer_id varchar(50) collate "C" not null,
    rule_code varchar(100) collate "C" not null,
    status varchar(20) collate "C" not null default 'OPEN',
    severity varchar(10) collate "C" not null,
    payment_id varchar(50) collate "C" not null,
    payment_count bigint not null default 0,
    score numeric(5, 2) not null,
    currency char(3) collate "C" not null,
    expected_loss numeric(24, 3) not null default 0,
    other_currency_payments bigint not null default 0,
    priority numeric not null default 0,
    assignee varchar(100),
    opened_at timestamptz not null,
    due_at timestamptz not null,
    updated_at timestamptz not null,
    resolved_at timestamptz,
    resolved_by varchar(100),
    resolution text,
    constraint alerts_pkey primary key (alert_id),
    constraint alerts_status_check check (status in (
        'OPEN', 'IN_REVIEW', 'RESOLVED_FRAUD', 'RESOLVED_LEGITIMATE', 'EXPIRED'
    )),
    constraint alerts_severity_check check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    constraint alerts_score_check check (score between 0 and 100),
    constraint alerts_expected_loss_check check (expected_loss >= 0 and priority >= 0),
    constraint alerts_assignee_check check (status <> 'IN_REVIEW' or assignee is not null),
    constraint alerts_resolved_check check (
        (status in ('RESOLVED_FRAUD', 'RESOLVED_LEGITIMATE', 'EXPIRED'))
        = (resolved_at is not null and resolved_by is not null and resolution is not null)
    )
);
comment on table risk.alerts is 'Payments that somebody should look at, one alert per customer and rule as long as it waits.';
comment on column risk.alerts.rule_code is 'The weightiest rule or list of the first payment; score where none hit.';
comment on column risk.alerts.severity is 'That of the most severe of its payments; only ever rises.';
comment on column risk.alerts.payment_id is 'The payment that raised it; risk.alert_payments has all.';
comment on column risk.alerts.score is 'Highest of its payments.';
comment on column risk.alerts.currency is 'That of the first payment.';
comment on column risk.alerts.expected_loss is 'Fraud probability (or score / 100) x amount, over its payments in its currency.';
comment on column risk.alerts.other_currency_payments is 'Payments in another currency, which expected_loss leaves out and priority does not.';
comment on column risk.alerts.priority is 'Expected losses of all of its payments in typical payments of their currencies (risk.currency_scales): the order of the queue; 0 once it no longer waits.';
comment on column risk.alerts.due_at is 'When it should have been reviewed (risk.review_times).';
comment on column risk.alerts.resolution is 'Why it was resolved as it was.';
create unique index alerts_waiting_idx on risk.alerts (customer_id, rule_code)
    where status in ('OPEN', 'IN_REVIEW');
create index alerts_queue_idx on risk.alerts (priority desc, alert_id);
create index alerts_due_idx on risk.alerts (due_at) where status in ('OPEN', 'IN_REVIEW');
create index alerts_customer_idx on risk.alerts (customer_id, alert_id);
create index alerts_resolved_idx on risk.alerts (resolved_at) where resolved_at is not null;

create table risk.alert_payments (
    alert_id bigint not null,
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    merchant_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    score numeric(5, 2) not null,
    severity varchar(10) collate "C" not null,
    is_flagged boolean not null,
    expected_loss numeric(18, 3) not null,
    joined_at timestamptz not null,
    constraint alert_payments_pkey primary key (alert_id, payment_id),
    constraint alert_payments_alert_fkey foreign key (alert_id)
        references risk.alerts (alert_id) on delete cascade
);
comment on table risk.alert_payments is 'The payments of each alert as they were when they joined it.';
comment on column risk.alert_payments.is_flagged is 'A flag rule or a block list hit: the payment stays suspicious whatever the verdict.';
comment on column risk.alert_payments.expected_loss is 'Fraud probability (or score / 100) x amount, in the payment''s currency.';
create index alert_payments_payment_idx on risk.alert_payments (payment_id);

create table risk.alert_notes (
    note_id bigint generated always as identity,
    alert_id bigint not null,
    author varchar(100) not null,
    note text not null,
    created_at timestamptz not null,
    constraint alert_notes_pkey primary key (note_id),
    constraint alert_notes_alert_fkey foreign key (alert_id)
        references risk.alerts (alert_id) on delete cascade
);
comment on table risk.alert_notes is 'What reviewers wrote down about alerts.';
create index alert_notes_alert_idx on risk.alert_notes (alert_id, note_id);

create table risk.alert_audit (
    step_id bigint generated always as identity,
    alert_id bigint not null,
    at timestamptz not null,
    actor varchar(100) not null,
    step varchar(20) collate "C" not null,
    from_status varchar(20) collate "C",
    to_status varchar(20) collate "C" not null,
    note text,
    constraint alert_audit_pkey primary key (step_id),
    constraint alert_audit_alert_fkey foreign key (alert_id)
        references risk.alerts (alert_id) on delete cascade,
    constraint alert_audit_step_check check (step in (
        'raised', 'joined', 'assigned', 'unassigned', 'noted', 'resolved', 'reopened', 'expired'
    ))
);
comment on table risk.alert_audit is 'Every step of every alert, never changed.';
comment on column risk.alert_audit.actor is 'The caller''s name; system for what happens by itself.';
comment on column risk.alert_audit.from_status is 'Null: the alert was raised.';
create index alert_audit_alert_idx on risk.alert_audit (alert_id, step_id);

-- A bank's chargeback is the last word; of the others the one that became known last.
create view risk.current_labels as
select distinct on (label.payment_id)
    label.payment_id as payment_id,
    label.is_fraud as is_fraud,
    label.known_at as known_at,
    label.source as source
from risk.labels as label
order by
    label.payment_id,
    (label.source = 'dispute') desc,
    label.known_at desc,
    label.source;
comment on view risk.current_labels is 'The one label of each labelled payment: a dispute beats all others, then the latest known; at the same instant the first source by name.';

create table risk.events (
    event_id bigint generated always as identity,
    kind varchar(10) collate "C" not null,
    payment_id varchar(50) collate "C",
    alert_id bigint,
    payload jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint events_pkey primary key (event_id),
    constraint events_kind_check check (kind in ('payment', 'alert'))
);
comment on table risk.events is 'What the live feed tells: scored payments and steps of alerts, kept for a few days.';
comment on column risk.events.event_id is 'In the order of commits (pipeline.order_events): a reader that has seen one has seen all before it.';

create table risk.event_sweeps (
    is_only boolean not null default true,
    swept_through bigint not null default 0,
    constraint event_sweeps_pkey primary key (is_only),
    constraint event_sweeps_is_only_check check (is_only)
);
comment on table risk.event_sweeps is 'One row: up to which event the feed has forgotten.';
insert into risk.event_sweeps (swept_through)
values (0);
