-- What a payment's lifecycle leaves behind: its moves, and what a refund takes back from a merchant that has been paid.

create table ops.payment_history (
    payment_id varchar(50) collate "C" not null,
    previous_status varchar(10) collate "C" not null,
    new_status varchar(10) collate "C" not null,
    moved_at timestamptz not null default now(),
    batch_id bigint not null,
    line_number bigint not null,
    constraint payment_history_pkey primary key (payment_id, new_status)
);
comment on table ops.payment_history is 'Moves of payments along their lifecycle, each traceable to file and line. A lifecycle has no way back, so a status is reached once.';
comment on column ops.payment_history.batch_id is 'The batch that moved it (ops.batches): run, import and file follow from there.';
comment on column ops.payment_history.line_number is 'Physical line of the source file where the record starts, from 1.';

create table public.settlement_adjustments (
    payment_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    currency char(3) not null,
    amount numeric(18, 3) not null,
    settled_in varchar(50) collate "C" not null,
    settlement_id varchar(50) collate "C",
    created_at timestamptz not null default now(),
    carried_at timestamptz,
    constraint settlement_adjustments_pkey primary key (payment_id),
    constraint settlement_adjustments_amount_check check (amount <= 0),
    constraint settlement_adjustments_carried_check check (
        (settlement_id is null) = (carried_at is null)
    )
);
comment on table public.settlement_adjustments is 'Payments refunded after their settlement was closed: each is taken back once, by the next open settlement. pipeline.check_settlements stands for foreign keys.';
comment on column public.settlement_adjustments.amount is 'The payment''s gross amount, negative; its commission is kept.';
comment on column public.settlement_adjustments.settled_in is 'The closed settlement that holds the payment.';
comment on column public.settlement_adjustments.settlement_id is 'The settlement that carries the adjustment; null while it waits for one.';
create index settlement_adjustments_settlement_idx
    on public.settlement_adjustments (settlement_id);
-- The next open settlement of a merchant and currency is one step, however many are closed.
create index settlements_open_idx on public.settlements (merchant_id, currency, period_start)
    where status = 'PENDING';

-- One table, not one per lane: a batch that moves payments has the lock 7403 to itself.
create unlogged table staging.payment_moves (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    previous_status varchar(10) collate "C" not null,
    new_status varchar(10) collate "C" not null,
    failure_reason varchar(200),
    content_hash uuid not null
);
comment on table staging.payment_moves is 'Records of the batch under way that move a payment, several of one payment in file order.';
