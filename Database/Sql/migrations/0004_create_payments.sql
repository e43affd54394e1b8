-- Only pipeline.load_batch writes payments, payment_keys and the rollups; no triggers, no foreign keys (ADR 0004).

create table public.payments (
    payment_id varchar(50) collate "C" not null,
    customer_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    payment_method varchar(20) collate "C",
    payment_status varchar(10) collate "C" not null,
    transaction_date timestamptz not null,
    processing_time_seconds int,
    failure_reason varchar(200),
    risk_score numeric(5, 2) not null,
    is_suspicious boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    batch_id bigint not null,
    line_number bigint not null,
    is_generated boolean not null default false,
    constraint payments_pkey primary key (payment_id, transaction_date),
    constraint payments_payment_id_check check (payment_id ~ '^[A-Za-z0-9_-]{1,50}$'),
    constraint payments_amount_check check (amount >= 0),
    constraint payments_payment_method_check check (payment_method in (
        'CREDIT_CARD', 'DEBIT_CARD', 'BANK_TRANSFER', 'PAYPAL', 'CRYPTO', 'WALLET'
    )),
    constraint payments_payment_status_check check (
        payment_status in ('SUCCESS', 'FAILED', 'PENDING', 'REFUNDED')
    ),
    constraint payments_processing_time_check check (processing_time_seconds >= 0),
    constraint payments_failure_reason_check check (
        failure_reason is null or payment_status = 'FAILED'
    ),
    constraint payments_risk_score_check check (risk_score between 0 and 100),
    constraint payments_transaction_date_check check (transaction_date >= '2000-01-01 00:00:00+00')
) partition by range (transaction_date);
comment on table public.payments is 'Payments, inserted once with their score; partitioned by UTC month.';
comment on column public.payments.amount is 'In the currency''s major unit, with at most its minor digits.';
comment on column public.payments.risk_score is '0 (no sign of risk) to 100.';
comment on column public.payments.is_suspicious is 'Set by a rule marked as a flag, a block list or an analyst; never by the score alone.';
comment on column public.payments.batch_id is 'The batch that loaded it (ops.batches): run, import and file follow from there.';
comment on column public.payments.line_number is 'Physical line of the source file where the record starts, from 1.';

create index payments_customer_idx on public.payments (customer_id, transaction_date);
create index payments_merchant_idx on public.payments (merchant_id, transaction_date);
create index payments_date_brin on public.payments using brin (transaction_date);
-- Rows of a batch lie together: a few pages of index find them.
create index payments_batch_brin on public.payments using brin (batch_id);
-- The two below are in the order of a report, in the types that its function returns (a function's result has no
-- length or scale): only so is a page of it, ordered once more by the caller, read from the index.
create index payments_failed_idx on public.payments (transaction_date desc, (payment_id::varchar))
    where payment_status = 'FAILED';
create index payments_high_risk_idx on public.payments ((risk_score::numeric) desc, (payment_id::varchar))
    where (risk_score >= 50 or is_suspicious) and payment_status <> 'REFUNDED';

create table public.payment_keys (
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    content_hash uuid not null,
    constraint payment_keys_pkey primary key (payment_id)
);
comment on table public.payment_keys is 'One row per payment over all time: decides uniqueness, duplicate and conflict, and finds a payment''s partition.';
comment on column public.payment_keys.content_hash is 'First 128 bits of SHA-256 over the parsed content: same id and hash is a duplicate, another hash a conflict.';
