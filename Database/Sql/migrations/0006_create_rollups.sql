-- A blank payment_method or customer_country stands for null, so that the keys can be compared and indexed.

create table rollup.payment_days (
    payment_date date not null,
    merchant_id varchar(50) collate "C" not null,
    payment_status varchar(10) collate "C" not null,
    payment_method varchar(20) collate "C" not null,
    currency char(3) collate "C" not null,
    customer_country varchar(100) collate "C" not null,
    transaction_count bigint not null,
    total_amount numeric(24, 3) not null,
    timed_count bigint not null,
    processing_seconds bigint not null,
    suspicious_count bigint not null,
    constraint payment_days_pkey primary key (
        payment_date, merchant_id, payment_status, payment_method, currency, customer_country
    )
);
comment on table rollup.payment_days is 'Payments by UTC day, merchant, status, method, currency and the customer''s current country.';
comment on column rollup.payment_days.timed_count is 'Payments whose processing time is known.';

create table rollup.day_totals (
    payment_date date not null,
    currency char(3) collate "C" not null,
    payment_status varchar(10) collate "C" not null,
    transaction_count bigint not null,
    total_amount numeric(24, 3) not null,
    constraint day_totals_pkey primary key (payment_date, currency, payment_status)
);
comment on table rollup.day_totals is 'Payments by UTC day, currency and status.';

-- Lifetime figures are one wide row per party and currency: reports read them without adding up.
create table rollup.merchant_totals (
    merchant_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    transaction_count bigint not null,
    successful_count bigint not null,
    failed_count bigint not null,
    total_amount numeric(24, 3) not null,
    successful_amount numeric(24, 3) not null,
    constraint merchant_totals_pkey primary key (merchant_id, currency)
);
comment on table rollup.merchant_totals is 'Payments by merchant and currency, over all time.';
comment on column rollup.merchant_totals.total_amount is 'Over every status.';

create table rollup.customer_totals (
    customer_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    transaction_count bigint not null,
    successful_count bigint not null,
    failed_count bigint not null,
    total_amount numeric(24, 3) not null,
    successful_amount numeric(24, 3) not null,
    last_transaction_date timestamptz not null,
    constraint customer_totals_pkey primary key (customer_id, currency)
);
comment on table rollup.customer_totals is 'Payments by customer and currency, over all time.';
comment on column rollup.customer_totals.total_amount is 'Over every status.';
