-- Payments that come over the API one by one: a few at a time share a transaction, in lanes of their own (ADR 23).

-- What comes over the API is no file and belongs to no run: one import stands for an instance of the API and a UTC day.
alter table ops.batches alter column run_id drop not null;
alter table ops.imports
    alter column content_sha256 drop not null,
    add column source varchar(10) not null default 'file',
    add constraint imports_source_check check (source in ('file', 'api')),
    add constraint imports_content_check check ((source = 'file') = (content_sha256 is not null));
comment on column ops.imports.source is 'file: a file in the spool; api: payments that one instance of the API took on one UTC day, file_name says which.';
comment on column ops.imports.content_sha256 is 'SHA-256 of the file, lower-case hex; also its name in the spool. Null where there is no file.';
comment on column ops.imports.next_record is 'Records already accounted for; a restart goes on behind them. Of the API: the highest number given to a payment.';
comment on table ops.imports is 'Files received, and payments that came over the API, with the account of each: read = accepted + duplicate + rejected at every moment.';
comment on column ops.batches.run_id is 'The run that loaded it; null for payments that came over the API.';

-- Emptied by delete, which costs a small batch less than truncate, and by truncate once dead rows have filled some pages:
-- nobody else need look after them.
do $$
begin
    for v_lane in 9..16 loop
        execute format(
            'create unlogged table staging.payments_lane_%1$s partition of staging.payments'
            ' for values in (%1$s) with (autovacuum_enabled = false)',
            v_lane
        );
        execute format(
            'create unlogged table staging.payment_verdicts_lane_%1$s partition of staging.payment_verdicts'
            ' for values in (%1$s) with (autovacuum_enabled = false)',
            v_lane
        );
        execute format(
            'create unlogged table staging.scored_payments_lane_%1$s partition of staging.scored_payments'
            ' for values in (%1$s) with (autovacuum_enabled = false)',
            v_lane
        );
    end loop;
end;
$$;

create table ops.idempotency_keys (
    caller varchar(200) not null,
    idempotency_key varchar(255) collate "C" not null,
    request_hash uuid not null,
    answer_status smallint not null,
    answer_location varchar(200),
    answer_body text not null,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (caller, idempotency_key)
);
comment on table ops.idempotency_keys is 'Answers to requests that may be sent again: written with what they changed, given again for 24 hours.';
comment on column ops.idempotency_keys.caller is 'Whose key it is: two callers'' keys never meet.';
comment on column ops.idempotency_keys.request_hash is 'First 128 bits of SHA-256 over the path and the body: the same key with another request is refused.';
comment on column ops.idempotency_keys.answer_body is 'The answer, as it was given.';
create index idempotency_keys_created_idx on ops.idempotency_keys (created_at);
