-- A lane is an unlogged partition of staging.payments that one batch at a time owns by advisory lock:
-- emptied by truncate, never bloated. (PostgreSQL 18 refuses an unlogged parent; it holds no rows anyway.)

create table staging.payments (
    lane smallint not null,
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    payment_id varchar(50) collate "C",
    customer_id text collate "C",
    merchant_id text collate "C",
    amount numeric(18, 3),
    currency char(3) collate "C",
    payment_method varchar(20) collate "C",
    payment_status varchar(10) collate "C",
    transaction_date timestamptz,
    processing_time_seconds int,
    failure_reason varchar(200),
    content_hash uuid,
    is_fraud boolean,
    reasons text[]
) partition by list (lane);
comment on table staging.payments is 'Records of payment files under way; a record with reasons is refused, whatever the store says.';
comment on column staging.payments.customer_id is 'As in the file, at most 256 characters; only a known one gets further.';
comment on column staging.payments.is_fraud is 'A label that came with the record: kept in risk.labels, never used for the record''s own score.';
comment on column staging.payments.reasons is 'What the record alone told: reason codes; null for a well-formed record.';

create unlogged table staging.customers (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    customer_id varchar(50) collate "C",
    customer_name varchar(200),
    email varchar(320),
    phone varchar(50),
    country varchar(100),
    registration_date date,
    credit_score int,
    risk_category varchar(10),
    created_at timestamptz,
    given text[] not null,
    reasons text[]
);
comment on table staging.customers is 'Records of customer files under way.';
comment on column staging.customers.given is 'Columns that the file has: an upsert leaves the others as they are.';

create unlogged table staging.merchants (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    merchant_id varchar(50) collate "C",
    merchant_name varchar(200),
    business_type varchar(30),
    country varchar(100),
    commission_rate numeric(7, 4),
    status varchar(10),
    created_at timestamptz,
    active_from date,
    active_until date,
    settles_from date,
    given text[] not null,
    reasons text[]
);
comment on table staging.merchants is 'Records of merchant files under way.';
comment on column staging.merchants.given is 'Columns that the file has: an upsert leaves the others as they are.';

create unlogged table staging.payouts (
    run_id bigint not null,
    merchant_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    period_start date not null,
    outcome varchar(10) not null,
    paid_on date
);
comment on table staging.payouts is 'What became of expected settlements (sample data now, processors'' reports later), to be applied to open ones.';

create table staging.payment_verdicts (
    lane smallint not null,
    record_number bigint not null,
    is_duplicate boolean not null
) partition by list (lane);
comment on table staging.payment_verdicts is 'Which staged payments the store takes (their keys are claimed) and which it has already; a record without a verdict is refused.';

create table staging.scored_payments (
    lane smallint not null,
    payment_date date not null,
    payment_id varchar(50) collate "C" not null,
    customer_id varchar(50) collate "C" not null,
    customer_country varchar(100) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    payment_method varchar(20) collate "C",
    payment_status varchar(10) collate "C" not null,
    transaction_date timestamptz not null,
    processing_time_seconds int,
    failure_reason varchar(200),
    risk_score numeric(5, 2) not null,
    is_suspicious boolean not null,
    line_number bigint,
    is_fraud boolean
) partition by list (lane);
comment on table staging.scored_payments is 'Payments ready to be loaded into, or just taken out of, public.payments; what the rollups are changed by. Lane 0 is for changes that are no import.';
comment on column staging.scored_payments.payment_date is 'The UTC day of transaction_date.';
comment on column staging.scored_payments.customer_country is 'The country under which the payment is counted; blank: unknown.';

create unlogged table staging.payments_lane_1 partition of staging.payments for values in (1);
create unlogged table staging.payments_lane_2 partition of staging.payments for values in (2);
create unlogged table staging.payments_lane_3 partition of staging.payments for values in (3);
create unlogged table staging.payments_lane_4 partition of staging.payments for values in (4);
create unlogged table staging.payments_lane_5 partition of staging.payments for values in (5);
create unlogged table staging.payments_lane_6 partition of staging.payments for values in (6);
create unlogged table staging.payments_lane_7 partition of staging.payments for values in (7);
create unlogged table staging.payments_lane_8 partition of staging.payments for values in (8);

create unlogged table staging.payment_verdicts_lane_1 partition of staging.payment_verdicts for values in (1);
create unlogged table staging.payment_verdicts_lane_2 partition of staging.payment_verdicts for values in (2);
create unlogged table staging.payment_verdicts_lane_3 partition of staging.payment_verdicts for values in (3);
create unlogged table staging.payment_verdicts_lane_4 partition of staging.payment_verdicts for values in (4);
create unlogged table staging.payment_verdicts_lane_5 partition of staging.payment_verdicts for values in (5);
create unlogged table staging.payment_verdicts_lane_6 partition of staging.payment_verdicts for values in (6);
create unlogged table staging.payment_verdicts_lane_7 partition of staging.payment_verdicts for values in (7);
create unlogged table staging.payment_verdicts_lane_8 partition of staging.payment_verdicts for values in (8);

create unlogged table staging.scored_payments_lane_0 partition of staging.scored_payments for values in (0);
create unlogged table staging.scored_payments_lane_1 partition of staging.scored_payments for values in (1);
create unlogged table staging.scored_payments_lane_2 partition of staging.scored_payments for values in (2);
create unlogged table staging.scored_payments_lane_3 partition of staging.scored_payments for values in (3);
create unlogged table staging.scored_payments_lane_4 partition of staging.scored_payments for values in (4);
create unlogged table staging.scored_payments_lane_5 partition of staging.scored_payments for values in (5);
create unlogged table staging.scored_payments_lane_6 partition of staging.scored_payments for values in (6);
create unlogged table staging.scored_payments_lane_7 partition of staging.scored_payments for values in (7);
create unlogged table staging.scored_payments_lane_8 partition of staging.scored_payments for values in (8);
