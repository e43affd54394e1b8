create table risk.labels (
    payment_id varchar(50) collate "C" not null,
    source varchar(30) not null,
    is_fraud boolean not null,
    known_at timestamptz not null,
    batch_id bigint,
    created_at timestamptz not null default now(),
    constraint labels_pkey primary key (payment_id, source)
);
comment on table risk.labels is 'What became known about a payment, when and from where; scoring sees a label only from known_at on.';
comment on column risk.labels.source is 'For example handbook (imported fraud labels, known 7 days after the payment).';
comment on column risk.labels.known_at is 'The instant from which the label may be used: never the instant of the payment.';
