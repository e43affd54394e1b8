-- Reconciliation in three ways: processors' lines and our payments, payouts and settlements, bank lines and either (ADR 32).

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation', 'backtest',
    'train_model', 'alert_expiry', 'rescore', 'risk_quality', 'reconciliation'
));

create table reconciliation.accounts (
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    pays_into varchar(100) collate "C",
    compares_fees boolean not null default true,
    opens_differences boolean not null default true,
    payment_days int not null default 3,
    payout_days int not null default 5,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_pkey primary key (processor, account),
    constraint accounts_merchant_fkey foreign key (merchant_id)
        references public.merchants (merchant_id),
    constraint accounts_days_check check (
        payment_days between 0 and 60 and payout_days between 0 and 60
    ),
    constraint accounts_pays_into_check check (processor <> 'bank' or pays_into is null)
);
comment on table reconciliation.accounts is 'Accounts at processors and banks: whose money they hold, and how they are reconciled. A run adds those that files name.';
comment on column reconciliation.accounts.processor is 'stripe, adyen, …; bank: a bank account.';
comment on column reconciliation.accounts.account is 'As the files name it; of a bank account its IBAN; empty when files do not say.';
comment on column reconciliation.accounts.merchant_id is 'Whose money it is; null: of several, or not known yet. Payouts of an account without a merchant are held against the bank only.';
comment on column reconciliation.accounts.pays_into is 'The bank account that its payouts go to; null: the only bank account of their currency, if there is one.';
comment on column reconciliation.accounts.compares_fees is 'Whether the fee of each line should be our exact fee for the payment.';
comment on column reconciliation.accounts.opens_differences is 'Whether what has no counterpart is a difference: false for a bank account with all kinds of other bookings.';
comment on column reconciliation.accounts.payment_days is 'Days that may lie between a payment and its line.';
comment on column reconciliation.accounts.payout_days is 'Days that may lie between a payout or a booking and the day it was expected on.';

create table reconciliation.runs (
    run_id bigint not null,
    is_dry_run boolean not null,
    level varchar(10) collate "C",
    from_day date,
    to_day date,
    as_of date not null,
    newest_line bigint not null,
    newest_bank_line bigint not null,
    lines_expected bigint not null default 0,
    lines_done bigint not null default 0,
    buckets int not null default 0,
    buckets_done int not null default 0,
    steps_done int not null default 0,
    started_at timestamptz not null,
    finished_at timestamptz,
    constraint runs_pkey primary key (run_id),
    constraint runs_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint runs_level_check check (level in ('payment', 'payout', 'bank')),
    constraint runs_days_check check (from_day <= to_day)
);
comment on table reconciliation.runs is 'Every reconciliation: what it looks at and how far it is.';
comment on column reconciliation.runs.is_dry_run is 'It finds and reports everything, writes no match and completes no settlement.';
comment on column reconciliation.runs.level is 'payment, payout or bank; null: all three.';
comment on column reconciliation.runs.from_day is 'Only what happened on or after this UTC day; null: whatever has no counterpart yet.';
comment on column reconciliation.runs.to_day is 'Last UTC day, included; null: no last one.';
comment on column reconciliation.runs.as_of is 'The day by which it judges what is late.';
comment on column reconciliation.runs.newest_line is 'The newest processor line when it began; later ones are left to the next run. newest_bank_line likewise.';
comment on column reconciliation.runs.lines_expected is 'Processor lines to be matched with payments when that began.';
comment on column reconciliation.runs.buckets is 'Parts that these lines are matched in, each in a transaction; all lines of a payment are in one.';
comment on column reconciliation.runs.steps_done is 'Steps that are done and committed; a later attempt goes on behind them.';

create table reconciliation.run_figures (
    run_id bigint not null,
    level varchar(10) collate "C" not null,
    outcome varchar(20) collate "C" not null,
    class varchar(20) collate "C" not null,
    currency char(3) collate "C" not null,
    item_count bigint not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    constraint run_figures_pkey primary key (run_id, level, outcome, class, currency),
    constraint run_figures_run_fkey foreign key (run_id) references reconciliation.runs (run_id),
    constraint run_figures_outcome_check check (outcome in (
        'matched', 'difference', 'closed', 'proposal', 'completed'
    ))
);
comment on table reconciliation.run_figures is 'What a run found (a dry run: would have written), counted and summed by level, outcome, class and currency.';
comment on column reconciliation.run_figures.class is 'Of a match its method, of a difference its class, of what was closed the reason; empty otherwise.';
comment on column reconciliation.run_figures.item_count is 'Matches, differences, proposals or settlements.';
comment on column reconciliation.run_figures.actual_amount is 'What processors or banks say; expected_amount: what we say.';

create table reconciliation.matches (
    match_id bigint generated by default as identity,
    run_id bigint,
    level varchar(10) collate "C" not null,
    method varchar(10) collate "C" not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    is_standing boolean not null default true,
    made_at timestamptz not null,
    made_by varchar(100),
    note varchar(1000),
    undone_at timestamptz,
    undone_by varchar(100),
    undone_note varchar(1000),
    constraint matches_pkey primary key (match_id),
    constraint matches_level_check check (level in ('payment', 'payout', 'bank')),
    constraint matches_method_check check (method in (
        'reference', 'amount', 'days', 'run', 'subset', 'accepted', 'manual'
    )),
    constraint matches_made_check check ((method in ('accepted', 'manual')) = (run_id is null)),
    constraint matches_standing_check check (is_standing = (undone_at is null))
);
comment on table reconciliation.matches is 'What belongs together: what we expected on one side, what processor or bank reported on the other. Undone ones stay, and stand no more.';
comment on column reconciliation.matches.method is 'reference: one names the other; amount: the only one of the amount, nearest in time; days, run, subset: whole days, neighbours or a few that add up; accepted, manual: by a person.';
comment on column reconciliation.matches.processor is 'Of the account on the reporting side; bank: a bank account.';
comment on column reconciliation.matches.expected_amount is 'Sum of our side; actual_amount: of theirs; when it was made.';
comment on column reconciliation.matches.made_by is 'Null: a run.';
create index matches_by_hand_idx on reconciliation.matches (match_id) where run_id is null;

create table reconciliation.match_items (
    match_id bigint not null,
    level varchar(10) collate "C" not null,
    item_kind varchar(10) collate "C" not null,
    item_key varchar(230) collate "C" not null,
    is_actual boolean not null,
    is_standing boolean not null default true,
    amount numeric(24, 3) not null,
    currency char(3) collate "C" not null
);
comment on table reconciliation.match_items is 'The sides of matches; an item is in at most one standing match of a level.';
comment on column reconciliation.match_items.item_kind is 'line, payment, refund, dispute, payout, settlement or bank (a bank line).';
comment on column reconciliation.match_items.item_key is 'Its id; of a payout processor:key.';
comment on column reconciliation.match_items.is_actual is 'True: the reporting side (lines, payouts; at the bank bank lines); false: what was expected.';
create unique index match_items_standing_idx
    on reconciliation.match_items (item_key, item_kind, level) where is_standing;
create index match_items_match_idx on reconciliation.match_items (match_id);

create table reconciliation.differences (
    difference_id bigint generated always as identity,
    run_id bigint,
    level varchar(10) collate "C" not null,
    aspect varchar(10) collate "C" not null,
    class varchar(10) collate "C" not null,
    status varchar(10) collate "C" not null default 'open',
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    expected_kind varchar(10) collate "C" not null default '',
    expected_key varchar(230) collate "C" not null default '',
    actual_kind varchar(10) collate "C" not null default '',
    actual_key varchar(230) collate "C" not null default '',
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    difference_amount numeric(24, 3) not null
        generated always as (actual_amount - expected_amount) stored,
    item_day date not null,
    opened_at timestamptz not null,
    updated_at timestamptz not null,
    closed_at timestamptz,
    closed_by varchar(100),
    reason varchar(20) collate "C",
    note varchar(1000),
    constraint differences_pkey primary key (difference_id),
    constraint differences_fact_key unique (
        actual_key, actual_kind, expected_key, expected_kind, aspect
    ),
    constraint differences_level_check check (level in ('payment', 'payout', 'bank')),
    constraint differences_aspect_check check (aspect in (
        'presence', 'amount', 'fee', 'reserve', 'refund', 'fx', 'date', 'undone'
    )),
    constraint differences_class_check check (class in (
        'fee', 'fx', 'reserve', 'refund', 'missing', 'duplicate', 'timing', 'unknown'
    )),
    constraint differences_status_check check (status in ('open', 'resolved', 'closed')),
    constraint differences_closed_check check ((status = 'open') = (closed_at is null)),
    constraint differences_reason_check check ((status = 'closed') = (reason is not null))
);
comment on table reconciliation.differences is 'Where the sides disagree: one row per fact, however often it is found.';
comment on column reconciliation.differences.aspect is 'What differs: presence: one side has it, the other not; undone: a person took a match back after its settlement was completed.';
comment on column reconciliation.differences.class is 'Why, as far as the data tell; timing: the other side may still come, then it becomes missing.';
comment on column reconciliation.differences.status is 'open; resolved: by a person; closed: what came later has explained it.';
comment on column reconciliation.differences.expected_amount is 'In the row''s currency; 0 where our side has nothing. actual_amount likewise.';
comment on column reconciliation.differences.item_day is 'UTC day of what it is about; its age counts from there.';
comment on column reconciliation.differences.opened_at is 'First seen.';
comment on column reconciliation.differences.reason is 'Of a closed one: timing (the other side came), superseded (found otherwise since).';
create index differences_expected_idx
    on reconciliation.differences (expected_key, expected_kind) where expected_key <> '';
create index differences_open_idx on reconciliation.differences (item_day, difference_id)
    where status = 'open';

create table reconciliation.proposals (
    proposal_id bigint generated always as identity,
    run_id bigint,
    level varchar(10) collate "C" not null,
    status varchar(10) collate "C" not null default 'open',
    score int not null,
    method varchar(10) collate "C" not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    fingerprint uuid not null,
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by varchar(100),
    note varchar(1000),
    match_id bigint,
    constraint proposals_pkey primary key (proposal_id),
    constraint proposals_fingerprint_key unique (fingerprint),
    constraint proposals_level_check check (level in ('payment', 'payout', 'bank')),
    constraint proposals_status_check check (status in (
        'open', 'accepted', 'rejected', 'superseded'
    )),
    constraint proposals_score_check check (score between 0 and 100),
    constraint proposals_decided_check check ((status = 'open') = (decided_at is null))
);
comment on table reconciliation.proposals is 'What may belong together, for a person to accept or reject. What was rejected, or undone, is neither proposed nor matched again.';
comment on column reconciliation.proposals.score is '0 to 100: 40 for a reference, up to 40 for the amount, up to 20 for the day.';
comment on column reconciliation.proposals.method is 'Why it is proposed: reference (amounts differ), amount, days, run or subset (several are equally good), near (about the amount), undone (a match taken back).';
comment on column reconciliation.proposals.fingerprint is 'MD5 of level and items: the same set is proposed once.';
create index proposals_open_idx on reconciliation.proposals (proposal_id) where status = 'open';

create table reconciliation.proposal_items (
    proposal_id bigint not null,
    item_kind varchar(10) collate "C" not null,
    item_key varchar(230) collate "C" not null,
    is_actual boolean not null,
    amount numeric(24, 3) not null,
    currency char(3) collate "C" not null,
    constraint proposal_items_pkey primary key (item_key, item_kind, proposal_id),
    constraint proposal_items_proposal_fkey foreign key (proposal_id)
        references reconciliation.proposals (proposal_id) on delete cascade
);
comment on table reconciliation.proposal_items is 'The sides of proposals, as in reconciliation.match_items.';
create index proposal_items_proposal_idx on reconciliation.proposal_items (proposal_id);

-- Differences on their way: written and taken in one transaction, so that nobody sees another's.
create unlogged table staging.found_differences (
    level varchar(10) collate "C" not null,
    aspect varchar(10) collate "C" not null,
    class varchar(10) collate "C" not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C",
    expected_kind varchar(10) collate "C" not null,
    expected_key varchar(230) collate "C" not null,
    actual_kind varchar(10) collate "C" not null,
    actual_key varchar(230) collate "C" not null,
    currency char(3) collate "C" not null,
    expected_amount numeric(24, 3) not null,
    actual_amount numeric(24, 3) not null,
    item_day date not null
);
comment on table staging.found_differences is 'Differences that a transaction has found and pipeline.keep_differences takes before it ends; columns as in reconciliation.differences.';
