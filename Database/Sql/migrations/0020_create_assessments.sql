-- What scoring looks back at and what it leaves behind (ADR 22).

-- A fraud counts for its customer and merchant from when it is known: found without looking for its payment.
alter table risk.labels
    add column customer_id varchar(50) collate "C",
    add column merchant_id varchar(50) collate "C",
    add column transaction_date timestamptz;
comment on column risk.labels.customer_id is 'The payment''s customer; null where the payment was archived before labels said so.';
comment on column risk.labels.merchant_id is 'The payment''s merchant, as customer_id.';
comment on column risk.labels.transaction_date is 'The payment''s instant, as customer_id.';
update risk.labels as label
set
    customer_id = payment.customer_id,
    merchant_id = payment.merchant_id,
    transaction_date = payment.transaction_date
from public.payment_keys as known
inner join public.payments as payment
    on payment.payment_id = known.payment_id
    and payment.transaction_date = known.transaction_date
where label.payment_id = known.payment_id;
create index labels_customer_idx on risk.labels (customer_id, known_at) where is_fraud;
create index labels_merchant_idx on risk.labels (merchant_id, known_at) where is_fraud;
create index labels_known_idx on risk.labels (known_at) where is_fraud;

-- A merchant's weeks are read for every payment that is scored: one row a day, where payment_days may have hundreds.
create table rollup.merchant_days (
    merchant_id varchar(50) collate "C" not null,
    payment_date date not null,
    currency char(3) collate "C" not null,
    transaction_count bigint not null,
    total_amount numeric(24, 3) not null,
    amount_squares numeric(48, 6) not null,
    constraint merchant_days_pkey primary key (merchant_id, payment_date, currency)
);
comment on table rollup.merchant_days is 'Payments by merchant, UTC day and currency, over every status.';
comment on column rollup.merchant_days.amount_squares is 'Sum of the squares of the amounts: with count and sum it gives their deviation. Of months archived before squares were counted, 0.';
insert into rollup.merchant_days (
    merchant_id,
    payment_date,
    currency,
    transaction_count,
    total_amount,
    amount_squares
)
select
    cell.merchant_id,
    cell.payment_date,
    cell.currency,
    sum(cell.transaction_count),
    sum(cell.total_amount),
    0
from rollup.payment_days as cell
group by
    cell.merchant_id,
    cell.payment_date,
    cell.currency;
update rollup.merchant_days as cell
set amount_squares = counted.amount_squares
from (
    select
        payment.merchant_id,
        (payment.transaction_date at time zone 'UTC')::date as payment_date,
        payment.currency,
        sum(payment.amount * payment.amount) as amount_squares
    from public.payments as payment
    group by
        payment.merchant_id,
        (payment.transaction_date at time zone 'UTC')::date,
        payment.currency
) as counted
where cell.merchant_id = counted.merchant_id
    and cell.payment_date = counted.payment_date
    and cell.currency = counted.currency;

-- Of months that were archived before, the squares are not known: counted in merchant_days once they are restored.
alter table rollup.archived_days add column amount_squares numeric(48, 6);
comment on column rollup.archived_days.amount_squares is 'Sum of the squares of the amounts; null where the month was archived before they were counted.';

create table risk.assessments (
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    customer_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    score double precision not null,
    decision varchar(10) not null,
    is_flagged boolean not null,
    rule_score double precision not null,
    anomaly_score double precision,
    fraud_probability double precision,
    reasons jsonb not null,
    rules_version bigint not null,
    models_version bigint not null,
    batch_id bigint not null,
    assessed_at timestamptz not null default now(),
    constraint assessments_pkey primary key (payment_id),
    constraint assessments_score_check check (score between 0 and 100),
    constraint assessments_decision_check check (decision in ('APPROVE', 'REVIEW', 'BLOCK'))
);
comment on table risk.assessments is 'Why payments were scored as they were: those that a person should look at, or that a flag or a list hit.';
comment on column risk.assessments.score is '0 to 100, unrounded; payments.risk_score has it with two decimals.';
comment on column risk.assessments.rule_score is 'What the live rules alone come to, 0 to 100.';
comment on column risk.assessments.anomaly_score is 'The share of payments that are less unusual, 0 to 1; null without a forest.';
comment on column risk.assessments.fraud_probability is 'The calibrated probability of fraud, 0 to 1; null without a supervised model.';
comment on column risk.assessments.reasons is 'Weightiest first: code, kind, text, contribution, observed, threshold.';
comment on column risk.assessments.rules_version is 'The number in risk.versions of the rules that it was scored by; models_version likewise.';
create index assessments_batch_idx on risk.assessments (batch_id);
