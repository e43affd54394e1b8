-- History scored anew, and how stable and how good scoring is (ADR 27).

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation', 'backtest',
    'train_model', 'alert_expiry', 'rescore', 'risk_quality'
));

create table risk.rescores (
    run_id bigint not null,
    from_day date not null,
    to_day date not null,
    is_dry_run boolean not null,
    raises_alerts boolean not null,
    scored_at timestamptz not null,
    rules_version bigint not null,
    models_version bigint not null,
    payments_expected bigint not null,
    done_until timestamptz,
    done_payment_id varchar(50) collate "C",
    payments_read bigint not null default 0,
    scores_changed bigint not null default 0,
    flags_set bigint not null default 0,
    flags_cleared bigint not null default 0,
    decisions_raised bigint not null default 0,
    decisions_lowered bigint not null default 0,
    assessments_written bigint not null default 0,
    alerts_raised bigint not null default 0,
    distribution jsonb not null default '{}',
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint rescores_pkey primary key (run_id),
    constraint rescores_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint rescores_days_check check (from_day <= to_day),
    constraint rescores_done_check check ((done_until is null) = (done_payment_id is null)),
    constraint rescores_dry_check check (not (is_dry_run and raises_alerts))
);
comment on table risk.rescores is 'Every time that stored payments were scored anew: which, by what, how far it is, and what changed.';
comment on column risk.rescores.to_day is 'Last UTC day, included.';
comment on column risk.rescores.is_dry_run is 'Nothing was changed: the numbers tell what would have been.';
comment on column risk.rescores.scored_at is 'The instant by which validity and expiry of rules and lists are judged, for all payments alike.';
comment on column risk.rescores.rules_version is 'The number in risk.versions of the rules that all of it was scored by; models_version likewise. When they change on the way, it begins anew.';
comment on column risk.rescores.payments_expected is 'Payments of these days in the store when it began, those of archived months too, which are left out.';
comment on column risk.rescores.done_until is 'With done_payment_id the last payment, in the order of time then id, up to which all is done and committed; null: none.';
comment on column risk.rescores.scores_changed is 'Payments whose stored score or flag changed.';
comment on column risk.rescores.decisions_raised is 'Payments that went from APPROVE to REVIEW or BLOCK, or from REVIEW to BLOCK; decisions_lowered: the other way.';
comment on column risk.rescores.assessments_written is 'Rows of risk.assessments that were added or replaced.';
comment on column risk.rescores.distribution is 'before, after: payments by score, ten bands of ten points; moves: payments by decision before and after.';

-- Changed scores on their way into payments; one rescore at a time, so one table.
create unlogged table staging.rescored_payments (
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    risk_score numeric(5, 2) not null,
    is_suspicious boolean not null,
    assessment jsonb
);
comment on table staging.rescored_payments is 'New scores of stored payments, and the assessments of those that have one; emptied chunk by chunk.';
comment on column staging.rescored_payments.is_suspicious is 'As the engine says; a flag that an analyst or a list has set stays all the same.';

create table ops.risk_references (
    reference_id bigint generated always as identity,
    models_version bigint not null,
    source varchar(20) collate "C" not null,
    from_day date not null,
    to_day date not null,
    payments bigint not null,
    sampled bigint not null,
    created_at timestamptz not null default now(),
    constraint risk_references_pkey primary key (reference_id),
    constraint risk_references_source_check check (source in ('model', 'first_days')),
    constraint risk_references_days_check check (from_day <= to_day),
    constraint risk_references_sampled_check check (sampled between 1 and payments)
);
comment on table ops.risk_references is 'The windows that later payments are held against: the newest is the one that counts.';
comment on column ops.risk_references.source is 'model: the training window of the live model; first_days: the first full 28 days, as long as no model says better.';
comment on column ops.risk_references.to_day is 'Last UTC day, included.';
comment on column ops.risk_references.sampled is 'Payments that the bins were made of, evenly drawn in the order of time.';

create table ops.risk_reference_bins (
    reference_id bigint not null,
    subject varchar(60) collate "C" not null,
    edges numeric[] not null,
    shares numeric[] not null,
    constraint risk_reference_bins_pkey primary key (reference_id, subject),
    constraint risk_reference_bins_reference_fkey foreign key (reference_id)
        references ops.risk_references (reference_id) on delete cascade,
    constraint risk_reference_bins_shares_check check (
        cardinality(shares) = cardinality(edges) + 2
    )
);
comment on table ops.risk_reference_bins is 'How each feature, and the score, was distributed in a reference window.';
comment on column ops.risk_reference_bins.subject is 'The feature''s name, or score.';
comment on column ops.risk_reference_bins.edges is 'Upper ends of the bins, ascending; the last bin has none.';
comment on column ops.risk_reference_bins.shares is 'Part of the payments in each bin, then the part whose value was missing.';

create table ops.risk_drift (
    to_day date not null,
    subject varchar(60) collate "C" not null,
    from_day date not null,
    reference_id bigint not null,
    payments bigint not null,
    stability_index numeric(12, 6) not null,
    stability varchar(10) collate "C" not null,
    shares numeric[] not null,
    missing_share numeric(7, 6) not null,
    run_id bigint not null,
    checked_at timestamptz not null,
    constraint risk_drift_pkey primary key (to_day, subject),
    constraint risk_drift_reference_fkey foreign key (reference_id)
        references ops.risk_references (reference_id),
    constraint risk_drift_stability_check check (stability in ('stable', 'moderate', 'shifted'))
);
comment on table ops.risk_drift is 'How far the payments of some days have drifted from the reference, feature by feature and by score.';
comment on column ops.risk_drift.to_day is 'Last UTC day, included.';
comment on column ops.risk_drift.stability_index is 'Population stability index: the sum of (actual - expected) x ln(actual / expected) over the bins.';
comment on column ops.risk_drift.stability is 'By custom: stable below 0.1, moderate below 0.25, shifted from there on.';
comment on column ops.risk_drift.shares is 'Part of the payments in each bin of the reference, then the part whose value was missing.';

create table ops.risk_quality (
    week_start date not null,
    payments bigint not null,
    labelled bigint not null,
    frauds bigint,
    is_mature boolean not null,
    review_true_positives bigint,
    review_false_positives bigint,
    review_precision numeric(7, 6),
    review_recall numeric(7, 6),
    review_false_positive_rate numeric(7, 6),
    block_true_positives bigint,
    block_false_positives bigint,
    block_precision numeric(7, 6),
    block_recall numeric(7, 6),
    block_false_positive_rate numeric(7, 6),
    average_precision numeric(7, 6),
    auc_roc numeric(7, 6),
    run_id bigint not null,
    checked_at timestamptz not null,
    constraint risk_quality_pkey primary key (week_start),
    constraint risk_quality_week_check check (extract(isodow from week_start) = 1),
    constraint risk_quality_labelled_check check (
        (frauds is null) = (labelled = 0 or not is_mature)
    )
);
comment on table ops.risk_quality is 'How good the decisions of an ISO week were, once its labels are known; a week without labels, or whose labels are not due yet, has no figures.';
comment on column ops.risk_quality.week_start is 'Monday of the week, UTC.';
comment on column ops.risk_quality.payments is 'Payments of the week in the store.';
comment on column ops.risk_quality.labelled is 'Those with a label, of either kind.';
comment on column ops.risk_quality.frauds is 'Payments known to be frauds; the others, labelled or not, count as genuine when the labels are due.';
comment on column ops.risk_quality.is_mature is 'The week ended at least the label delay ago.';
comment on column ops.risk_quality.review_true_positives is 'Frauds among the payments decided REVIEW or BLOCK; block_…: decided BLOCK.';
comment on column ops.risk_quality.review_precision is 'Frauds among what was stopped; null when nothing was.';
comment on column ops.risk_quality.review_recall is 'Stopped among the frauds; null without a fraud.';
comment on column ops.risk_quality.review_false_positive_rate is 'Stopped among the genuine payments; null without one.';
comment on column ops.risk_quality.average_precision is 'Of the scores'' ranking; null without a fraud. auc_roc likewise.';
