-- The scored payments of a batch were a second copy of what is staged, in lanes of their own. They are a value now, made of staged payments and their
-- scores where they are loaded; what changes stored payments has a table of its own.
drop table staging.scored_payments;

create type staging.scored_payment as (
    payment_date date,
    payment_id varchar(50) collate "C",
    customer_id varchar(50) collate "C",
    customer_country varchar(100) collate "C",
    merchant_id varchar(50) collate "C",
    amount numeric(18, 3),
    currency char(3) collate "C",
    payment_method varchar(20) collate "C",
    payment_status varchar(10) collate "C",
    transaction_date timestamptz,
    processing_time_seconds int,
    failure_reason varchar(200),
    risk_score numeric(5, 2),
    is_suspicious boolean,
    line_number bigint
);
comment on type staging.scored_payment is 'A payment with its score: what is loaded into public.payments, and what rollups are changed by.';
comment on column staging.scored_payment.payment_date is 'The UTC day of transaction_date.';
comment on column staging.scored_payment.customer_country is 'The country under which the payment is counted; blank: unknown.';
comment on column staging.scored_payment.line_number is 'As in public.payments; null where a stored payment changes.';

create unlogged table staging.changed_payments of staging.scored_payment;
comment on table staging.changed_payments is 'Stored payments that change, or have just been removed, otherwise than by the load of a batch; who changes them holds the lock of parties alone.';

-- Most payments are new, and need no verdict: only what is known already, or an earlier record of the batch has brought, is judged.
truncate staging.payment_verdicts;
alter table staging.payment_verdicts drop column is_duplicate;
alter table staging.payment_verdicts add column verdict varchar(10) not null;
comment on table staging.payment_verdicts is 'What became of well-formed staged payments whose ids the store, or an earlier record of the batch, has already; the others are new.';
comment on column staging.payment_verdicts.verdict is 'duplicate, move (of an update: staging.payment_moves has it), or refused.';
