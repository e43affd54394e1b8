-- Rules are rows: a change is a new version, counts from the next batch on everywhere, and is audited.

create table risk.rules (
    rule_id bigint generated always as identity,
    rule_code varchar(50) collate "C" not null,
    rule_version int not null,
    description varchar(200) not null,
    expression varchar(2000) not null,
    mode varchar(10) collate "C" not null,
    points numeric(5, 2) not null default 0,
    floor_score numeric(5, 2),
    severity varchar(10) collate "C" not null,
    is_flag boolean not null default false,
    max_share numeric(5, 4) not null default 0.2,
    valid_from timestamptz,
    valid_until timestamptz,
    author varchar(100) not null,
    note varchar(1000),
    created_at timestamptz not null default now(),
    constraint rules_pkey primary key (rule_id),
    constraint rules_version_key unique (rule_code, rule_version),
    constraint rules_rule_code_check check (rule_code ~ '^[A-Z][A-Z0-9_]{1,49}$'),
    constraint rules_mode_check check (mode in ('live', 'shadow', 'off')),
    constraint rules_points_check check (points between 0 and 100),
    constraint rules_floor_score_check check (floor_score between 0 and 100),
    constraint rules_severity_check check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    constraint rules_max_share_check check (max_share > 0 and max_share <= 1),
    constraint rules_valid_check check (valid_until > valid_from)
);
comment on table risk.rules is 'Every version of every rule; the highest version of a code is the one that counts.';
comment on column risk.rules.rule_id is 'Identifies a version of a rule; activity is counted by it.';
comment on column risk.rules.expression is 'When the rule hits, in the language of docs/rules.md; only the engine reads it, never SQL.';
comment on column risk.rules.mode is 'live: hits count; shadow: hits are counted and change nothing; off: not looked at.';
comment on column risk.rules.points is 'What a hit adds to the score of the rules.';
comment on column risk.rules.floor_score is 'The least score of a payment that the rule hits; null: none.';
comment on column risk.rules.is_flag is 'Whether a hit makes the payment suspicious.';
comment on column risk.rules.max_share is 'The share of the payments of 24 hours above which the rule stops counting; 1: it may hit all.';
comment on column risk.rules.valid_from is 'The rule counts from this instant of scoring on; null: at once.';
comment on column risk.rules.valid_until is 'The rule no longer counts from this instant of scoring on; null: for good.';
comment on column risk.rules.author is 'Whose change this version is.';
comment on column risk.rules.note is 'Why it was changed.';

create table risk.rule_counts (
    counted_hour timestamptz not null,
    lane smallint not null,
    rule_ids bigint[] not null,
    evaluated bigint[] not null,
    hits bigint[] not null,
    capped bigint[] not null,
    constraint rule_counts_pkey primary key (counted_hour, lane),
    constraint rule_counts_length_check check (
        cardinality(evaluated) = cardinality(rule_ids)
        and cardinality(hits) = cardinality(rule_ids)
        and cardinality(capped) = cardinality(rule_ids)
    )
)
with (fillfactor = 50);
comment on table risk.rule_counts is 'What the rules did, by hour of scoring; a batch changes one row, which only its own lane writes, so that batches never wait for each other.';
comment on column risk.rule_counts.counted_hour is 'The UTC hour of scoring, not of the payments.';
comment on column risk.rule_counts.rule_ids is 'Versions of rules that were live or in the shadow; the other arrays have a number for each.';
comment on column risk.rule_counts.evaluated is 'Payments that the rule was asked about.';
comment on column risk.rule_counts.hits is 'Of those, payments that it hit.';
comment on column risk.rule_counts.capped is 'Of the hits, those that did not count because the rule hit too much.';

create table risk.listed_parties (
    entry_id bigint generated always as identity,
    list varchar(10) collate "C" not null,
    party_kind varchar(10) collate "C" not null,
    party varchar(100) collate "C" not null,
    reason varchar(1000) not null,
    author varchar(100) not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    removed_at timestamptz,
    removed_by varchar(100),
    constraint listed_parties_pkey primary key (entry_id),
    constraint listed_parties_list_check check (list in ('allow', 'block')),
    constraint listed_parties_party_kind_check check (
        party_kind in ('customer', 'merchant', 'country')
    ),
    constraint listed_parties_party_check check (party <> ''),
    constraint listed_parties_expires_check check (expires_at > created_at),
    constraint listed_parties_removed_check check ((removed_at is null) = (removed_by is null))
);
comment on table risk.listed_parties is 'Customers, merchants and countries whose payments are blocked or allowed; entries that ended stay, as history.';
comment on column risk.listed_parties.party is 'An id that need not be known yet, or a country in capitals.';
comment on column risk.listed_parties.expires_at is 'The entry no longer counts from then on; null: for good.';
comment on column risk.listed_parties.removed_at is 'When somebody took it off the list, or put a new entry in the place of an expired one.';
create unique index listed_parties_party_idx on risk.listed_parties (party_kind, party, list)
    where removed_at is null;

create table risk.suppressions (
    suppression_id bigint generated always as identity,
    rule_code varchar(50) collate "C" not null,
    party_kind varchar(10) collate "C" not null,
    party varchar(100) collate "C" not null,
    reason varchar(1000) not null,
    author varchar(100) not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    removed_at timestamptz,
    removed_by varchar(100),
    constraint suppressions_pkey primary key (suppression_id),
    constraint suppressions_party_kind_check check (
        party_kind in ('customer', 'merchant', 'country')
    ),
    constraint suppressions_party_check check (party <> ''),
    constraint suppressions_expires_check check (expires_at > created_at),
    constraint suppressions_removed_check check ((removed_at is null) = (removed_by is null))
);
comment on table risk.suppressions is 'Rules that do not count for a customer, a merchant or the customers of a country; those that ended stay, as history.';
comment on column risk.suppressions.party is 'An id that need not be known yet, or a country in capitals.';
comment on column risk.suppressions.expires_at is 'The rule counts again from then on; null: never.';
comment on column risk.suppressions.removed_at is 'When somebody ended it, or put a new one in the place of an expired one.';
create unique index suppressions_party_idx on risk.suppressions (rule_code, party_kind, party)
    where removed_at is null;

create table risk.thresholds (
    is_only boolean not null default true,
    thresholds_version int not null,
    review_score numeric(5, 2) not null,
    block_score numeric(5, 2) not null,
    author varchar(100) not null,
    note varchar(1000),
    changed_at timestamptz not null default now(),
    constraint thresholds_pkey primary key (is_only),
    constraint thresholds_is_only_check check (is_only),
    constraint thresholds_score_check check (
        review_score >= 0 and review_score <= block_score and block_score <= 101
    )
);
comment on table risk.thresholds is 'From which score on a payment is reviewed, and from which it is blocked: one row.';
comment on column risk.thresholds.thresholds_version is 'Raised by every change: who changes them says which ones they saw.';
comment on column risk.thresholds.review_score is 'REVIEW from this score on.';
comment on column risk.thresholds.block_score is 'BLOCK from this score on; over 100: nothing is blocked by its score.';

create table risk.audit (
    audit_id bigint generated always as identity,
    subject varchar(20) collate "C" not null,
    subject_key varchar(200) not null,
    action varchar(20) collate "C" not null,
    actor varchar(100) not null,
    note varchar(1000),
    before jsonb,
    after jsonb,
    acted_at timestamptz not null,
    constraint audit_pkey primary key (audit_id)
);
comment on table risk.audit is 'Who changed what scoring goes by, when, and from what to what.';
comment on column risk.audit.subject is 'rule, list, suppression, thresholds, model.';
comment on column risk.audit.subject_key is 'The rule''s code, the entry''s id.';
comment on column risk.audit.action is 'created, changed, removed, capped and the like.';
comment on column risk.audit.actor is 'The caller''s name; system for what scoring did by itself.';
create index audit_subject_idx on risk.audit (subject, subject_key, audit_id);

create table risk.backtests (
    backtest_id bigint generated always as identity,
    run_id bigint,
    rule_code varchar(50) collate "C",
    expression varchar(2000) not null,
    from_day date not null,
    to_day date not null,
    requested_by varchar(100) not null,
    requested_at timestamptz not null,
    finished_at timestamptz,
    result jsonb,
    constraint backtests_pkey primary key (backtest_id),
    constraint backtests_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint backtests_days_check check (from_day <= to_day),
    constraint backtests_finished_check check ((finished_at is null) = (result is null))
);
comment on table risk.backtests is 'What rules would have done over history; each is a run of the kind backtest.';
comment on column risk.backtests.rule_code is 'The rule whose expression it was; null for an expression that is no rule yet.';
comment on column risk.backtests.from_day is 'First UTC day of the payments.';
comment on column risk.backtests.to_day is 'Last UTC day of the payments.';
comment on column risk.backtests.result is 'Hits, precision, recall and the like; docs/rules.md says what each is.';

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore', 'recompute_settlements', 'simulation', 'backtest'
));
-- A backtest is a run of its own: one of another rule must not be joined.
drop index ops.runs_one_active_idx;
create unique index runs_one_active_idx on ops.runs (kind)
    where kind not in ('import', 'simulation', 'backtest') and status in ('queued', 'running');

insert into risk.thresholds (thresholds_version, review_score, block_score, author)
values (1, 70, 90, 'payments');

insert into risk.rules (
    rule_code,
    rule_version,
    description,
    expression,
    mode,
    points,
    severity,
    is_flag,
    max_share,
    author
)
values
    (
        'AMOUNT_OVER_10000', 1, 'Amount over 10,000',
        'amount > 10_000',
        'live', 40, 'HIGH', true, 1, 'payments'
    ),
    (
        'AMOUNT_OVER_5000', 1, 'Amount over 5,000',
        'amount > 5_000 and amount <= 10_000',
        'live', 15, 'LOW', false, 1, 'payments'
    ),
    (
        'CUSTOMER_RISK_HIGH', 1, 'Customer of high risk by credit score',
        'customer_risk = ''HIGH''',
        'live', 30, 'MEDIUM', false, 1, 'payments'
    ),
    (
        'CUSTOMER_RISK_MEDIUM', 1, 'Customer of medium risk by credit score',
        'customer_risk = ''MEDIUM''',
        'live', 10, 'LOW', false, 1, 'payments'
    ),
    (
        'REPEATED_FAILURES', 1, 'Several failed payments of the customer within a day',
        'customer_failed_24h >= 3',
        'live', 25, 'MEDIUM', false, 0.2, 'payments'
    ),
    (
        'PAID_IN_CRYPTO', 1, 'Paid in cryptocurrency',
        'payment_method = ''CRYPTO''',
        'live', 10, 'LOW', false, 1, 'payments'
    ),
    (
        'NIGHT', 1, 'Paid at night (before 06:00 UTC)',
        'is_night',
        'live', 5, 'LOW', false, 1, 'payments'
    ),
    (
        'AMOUNT_OVER_HABIT', 1, 'Amount far over the customer''s habit',
        'customer_amount_ratio >= 5 and customer_amount_zscore >= 3 and customer_count_30d > 4',
        'live', 20, 'MEDIUM', false, 0.2, 'payments'
    ),
    (
        'CARD_TESTING', 1, 'Small or failed payments in quick succession, as when cards are tried',
        'customer_small_1h >= 3 or customer_failed_1h >= 3',
        'live', 25, 'HIGH', false, 0.2, 'payments'
    ),
    (
        'STRUCTURING', 1, 'Again just under the limit of 10,000 within a day',
        'amount >= 9_000 and amount < 10_000 and customer_near_limit_24h >= 2',
        'live', 25, 'HIGH', false, 0.2, 'payments'
    ),
    (
        'NEW_MERCHANT_HIGH_AMOUNT', 1, 'First payment to the merchant, and a high one for the customer',
        'is_new_merchant and amount > 1_000 and customer_amount_ratio >= 3',
        'live', 15, 'MEDIUM', false, 0.2, 'payments'
    ),
    (
        'MERCHANT_FRAUD_RATE', 1, 'Merchant with much fraud of late',
        'merchant_fraud_rate_30d >= 0.05 and merchant_frauds_30d >= 3',
        'live', 20, 'HIGH', false, 0.2, 'payments'
    ),
    (
        'SCORE_OVER_70', 1, 'Score over 70',
        'score > 70',
        'live', 0, 'HIGH', false, 1, 'payments'
    );
