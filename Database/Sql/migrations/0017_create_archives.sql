-- Months of payments that have left the store for a Parquet file, and the totals that stay in their place.

alter table ops.runs drop constraint runs_kind_check;
alter table ops.runs add constraint runs_kind_check check (kind in (
    'etl', 'import', 'sla_check', 'partition_maintenance', 'initialize', 'remove_generated',
    'assertions', 'archive', 'restore'
));

create table ops.archived_months (
    archive_id bigint generated always as identity,
    payment_month date not null,
    part int not null,
    status varchar(10) not null default 'writing',
    file_name varchar(100) not null,
    file_size bigint,
    file_sha256 char(64),
    payment_columns text[],
    payment_count bigint,
    generated_count bigint,
    totals jsonb,
    checksum numeric(38, 0),
    run_id bigint not null,
    restore_run_id bigint,
    created_at timestamptz not null default now(),
    archived_at timestamptz,
    restored_at timestamptz,
    constraint archived_months_pkey primary key (archive_id),
    constraint archived_months_part_key unique (payment_month, part),
    constraint archived_months_run_fkey foreign key (run_id) references ops.runs (run_id),
    constraint archived_months_restore_run_fkey foreign key (restore_run_id)
        references ops.runs (run_id),
    constraint archived_months_month_check check (extract(day from payment_month) = 1),
    constraint archived_months_status_check check (
        status in ('writing', 'archived', 'restored')
    ),
    constraint archived_months_proof_check check (
        status = 'writing'
        or num_nulls(
            file_size, file_sha256, payment_columns, payment_count, generated_count, totals,
            checksum, archived_at
        ) = 0
    ),
    constraint archived_months_restored_check check (
        (status = 'restored') = (restored_at is not null)
    )
);
comment on table ops.archived_months is 'Months of payments written to a Parquet file each. writing: the payments are in the store; archived: in the file only; restored: in the store again, the file stays.';
comment on column ops.archived_months.payment_month is 'First UTC day of the month.';
comment on column ops.archived_months.part is 'From 1: a month is archived again when payments came late, or after it was restored. No file is ever written over another part''s.';
comment on column ops.archived_months.file_name is 'In the folder archive of the storage.';
comment on column ops.archived_months.payment_columns is 'Columns of payments in the file, in the order in which the checksum was taken.';
comment on column ops.archived_months.totals is 'Payments and amount by currency and status, as they were archived.';
comment on column ops.archived_months.checksum is 'Sum of the payments'' hashes (pipeline.row_hash): independent of their order.';
create unique index archived_months_writing_idx on ops.archived_months (payment_month)
    where status = 'writing';

create table rollup.archived_days (
    archive_id bigint not null,
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
    constraint archived_days_pkey primary key (
        payment_date, merchant_id, payment_status, payment_method, currency, customer_country,
        archive_id
    )
);
comment on table rollup.archived_days is 'The part of rollup.payment_days whose payments are archived: what a proof adds to the payments in the store.';
comment on column rollup.archived_days.customer_country is 'The customer''s when the payment was archived.';

create table rollup.archived_customers (
    archive_id bigint not null,
    customer_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    customer_country varchar(100) collate "C" not null,
    transaction_count bigint not null,
    successful_count bigint not null,
    failed_count bigint not null,
    total_amount numeric(24, 3) not null,
    successful_amount numeric(24, 3) not null,
    last_transaction_date timestamptz not null,
    constraint archived_customers_pkey primary key (customer_id, currency, archive_id)
);
comment on table rollup.archived_customers is 'The part of rollup.customer_totals whose payments are archived.';
comment on column rollup.archived_customers.customer_country is 'The country under which rollup.payment_days counts the archived payments; blank: unknown.';

create table rollup.archived_settlements (
    archive_id bigint not null,
    settlement_id varchar(50) collate "C" not null,
    payment_count bigint not null,
    total_amount numeric(24, 3) not null,
    constraint archived_settlements_pkey primary key (settlement_id, archive_id)
);
comment on table rollup.archived_settlements is 'The part of each settlement whose payments are archived; the links to them stay.';

-- Which imports a spooled file belongs to.
create index imports_content_idx on ops.imports (content_sha256);
