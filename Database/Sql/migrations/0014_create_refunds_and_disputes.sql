-- Refunds and disputes: tables of their own, and as many adjustments of a payment as there are facts about it.

create table public.refunds (
    refund_id varchar(50) collate "C" not null,
    payment_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    refund_status varchar(20) collate "C" not null,
    reason varchar(200),
    refund_date timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    batch_id bigint not null,
    line_number bigint not null,
    constraint refunds_pkey primary key (refund_id),
    constraint refunds_refund_id_check check (refund_id ~ '^[A-Za-z0-9_-]{1,50}$'),
    constraint refunds_amount_check check (amount > 0),
    constraint refunds_refund_status_check check (refund_status in (
        'pending', 'requires_action', 'succeeded', 'failed', 'canceled'
    ))
);
comment on table public.refunds is 'Money given back to payers, whole payments or parts of them. pipeline.find_rollup_differences stands for foreign keys.';
comment on column public.refunds.amount is 'In the payment''s currency; those of a payment that are neither failed nor canceled never exceed it.';
comment on column public.refunds.refund_date is 'When it was asked for; never before the payment.';
comment on column public.refunds.batch_id is 'The batch that brought it first (ops.batches); ops.claim_history has every later word.';
comment on column public.refunds.line_number is 'Physical line of the source file where the record starts, from 1.';
create index refunds_payment_idx on public.refunds (payment_id);
-- In the order and the types of pipeline.list_refunds, so that a page is read from the index.
create index refunds_date_idx on public.refunds (refund_date desc, (refund_id::varchar));

create table public.disputes (
    dispute_id varchar(50) collate "C" not null,
    payment_id varchar(50) collate "C" not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    dispute_status varchar(30) collate "C" not null,
    reason varchar(200) collate "C",
    dispute_date timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    batch_id bigint not null,
    line_number bigint not null,
    constraint disputes_pkey primary key (dispute_id),
    constraint disputes_dispute_id_check check (dispute_id ~ '^[A-Za-z0-9_-]{1,50}$'),
    constraint disputes_amount_check check (amount > 0),
    constraint disputes_dispute_status_check check (dispute_status in (
        'warning_needs_response', 'warning_under_review', 'warning_closed', 'prevented',
        'needs_response', 'under_review', 'won', 'lost'
    ))
);
comment on table public.disputes is 'Payments that payers dispute with their bank: inquiries (warning_…, prevented), which move no money, and chargebacks. pipeline.find_rollup_differences stands for foreign keys.';
comment on column public.disputes.amount is 'What is disputed, as the bank says; it may exceed the payment, of which no more is taken back than is left.';
comment on column public.disputes.reason is 'The bank''s; fraudulent makes a chargeback a fraud label.';
comment on column public.disputes.dispute_date is 'When it was opened; never before the payment.';
comment on column public.disputes.batch_id is 'The batch that brought it first (ops.batches); ops.claim_history has every later word.';
comment on column public.disputes.line_number is 'Physical line of the source file where the record starts, from 1.';
create index disputes_payment_idx on public.disputes (payment_id);
-- In the order and the types of pipeline.list_disputes, so that a page is read from the index.
create index disputes_date_idx on public.disputes (dispute_date desc, (dispute_id::varchar));

create table ops.claim_history (
    move_id bigint generated always as identity,
    kind varchar(10) collate "C" not null,
    claim_id varchar(50) collate "C" not null,
    previous_status varchar(30) collate "C",
    new_status varchar(30) collate "C" not null,
    moved_at timestamptz not null default now(),
    batch_id bigint not null,
    line_number bigint not null,
    constraint claim_history_pkey primary key (move_id),
    constraint claim_history_kind_check check (kind in ('refund', 'dispute'))
);
comment on table ops.claim_history is 'Every status of refunds and disputes, the first included, each traceable to file and line.';
comment on column ops.claim_history.move_id is 'Moves in their order.';
comment on column ops.claim_history.previous_status is 'Null: first heard of.';
create index claim_history_claim_idx on ops.claim_history (claim_id, kind, move_id);

-- Records of refund and dispute files under way; validate_claims marks what becomes of each.
create unlogged table staging.claims (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    kind varchar(10) collate "C" not null,
    claim_id varchar(50) collate "C",
    payment_id text collate "C",
    amount numeric(18, 3),
    currency char(3) collate "C",
    claim_status varchar(30) collate "C",
    reason varchar(200) collate "C",
    claimed_at timestamptz,
    given text[] not null,
    reasons text[],
    outcome varchar(10),
    status_before varchar(30) collate "C",
    payment_from varchar(10) collate "C",
    payment_to varchar(10) collate "C"
);
comment on table staging.claims is 'Records of refund and dispute files under way; a record with reasons is refused.';
comment on column staging.claims.payment_id is 'As in the file, at most 256 characters; only a known one gets further.';
comment on column staging.claims.given is 'Columns that the file has: a reason that it lacks is not compared.';
comment on column staging.claims.outcome is 'new, move or duplicate; null: refused.';
comment on column staging.claims.payment_from is 'The payment''s status before a refund that changes it; null: the record changes none.';

-- A refund that fails brings its payment back: a status may be reached twice, so moves are numbered.
alter table ops.payment_history
    drop constraint payment_history_pkey,
    add column move_id bigint,
    add column refund_id varchar(50) collate "C";
update ops.payment_history as history
set move_id = numbered.move_id
from (
    select
        history.payment_id,
        history.new_status,
        row_number() over (
            order by
                history.moved_at,
                history.batch_id,
                history.line_number,
                history.payment_id
        ) as move_id
    from ops.payment_history as history
) as numbered
where numbered.payment_id = history.payment_id
    and numbered.new_status = history.new_status;
alter table ops.payment_history
    alter column move_id set not null,
    alter column move_id add generated always as identity,
    add constraint payment_history_pkey primary key (move_id);
select setval(
    pg_get_serial_sequence('ops.payment_history', 'move_id'),
    coalesce(max(history.move_id), 0) + 1,
    false
)
from ops.payment_history as history;
create index payment_history_payment_idx on ops.payment_history (payment_id, move_id);
comment on table ops.payment_history is 'Moves of payments along their lifecycle, each traceable to file and line.';
comment on column ops.payment_history.move_id is 'Moves in their order.';
comment on column ops.payment_history.refund_id is 'The refund that moved the payment; null: a record of the payment itself.';

alter table staging.payment_moves
    alter column content_hash drop not null,
    add column refund_id varchar(50) collate "C";
comment on column staging.payment_moves.content_hash is 'Of the record; null where a refund moves the payment, whose own record stays the last word of its source.';

delete from public.settlement_adjustments as adjustment
where adjustment.amount = 0;
alter table public.settlement_adjustments
    drop constraint settlement_adjustments_pkey,
    drop constraint settlement_adjustments_amount_check,
    add column adjustment_id bigint generated always as identity,
    add column cause varchar(20) not null default 'payment_refunded',
    add column refund_id varchar(50) collate "C",
    add column dispute_id varchar(50) collate "C",
    add constraint settlement_adjustments_pkey primary key (adjustment_id),
    add constraint settlement_adjustments_amount_check check (amount <> 0),
    add constraint settlement_adjustments_cause_check check (cause in (
        'payment_refunded', 'refund', 'refund_failed', 'dispute', 'dispute_won', 'covered'
    ));
alter table public.settlement_adjustments
    alter column cause drop default;
comment on table public.settlement_adjustments is 'What refunds and disputes of settled payments take back from merchants, and give back when they come to nothing. pipeline.check_settlements stands for foreign keys.';
comment on column public.settlement_adjustments.amount is 'Negative: taken back from the merchant. Those of a payment add up to between minus its gross amount and 0; its commission is kept.';
comment on column public.settlement_adjustments.cause is 'payment_refunded: the payment''s own record says so; refund, dispute; refund_failed, dispute_won: given back; covered: given back because another claim takes it instead.';
comment on column public.settlement_adjustments.settled_in is 'The settlement that holds the payment.';
comment on column public.settlement_adjustments.settlement_id is 'The settlement that carries the adjustment: the one that holds the payment while it is open, else the next open one; null while it waits for one.';
create index settlement_adjustments_payment_idx on public.settlement_adjustments (payment_id);
