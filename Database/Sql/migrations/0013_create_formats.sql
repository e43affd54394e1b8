-- Files say by themselves what they are; they may be compressed, and may have card numbers.

alter table ops.imports
    alter column profile drop not null,
    add column requested_profile varchar(50),
    add column profile_version int,
    add column compression varchar(10),
    add column has_cards boolean not null default false,
    add constraint imports_compression_check check (compression in ('gzip', 'zip'));
update ops.imports set compression = 'gzip' where is_gzip;
update ops.imports set requested_profile = profile;
alter table ops.imports drop column is_gzip;
comment on column ops.imports.profile is 'The profile that the file is read by; until it has been looked at: the profile, or family of profiles, that was asked for; null: the content tells.';
comment on column ops.imports.requested_profile is 'The profile, or family of profiles, that was asked for; null: none.';
comment on column ops.imports.profile_version is 'The version of the profile; null until the file has been looked at.';
comment on column ops.imports.compression is 'As the sender declared it; null: none. Undeclared compression is refused as file.encoding.';
comment on column ops.imports.has_cards is 'The file has card numbers: it was removed from the spool when the import ended, so that none of its records can be read again.';

alter table staging.payments add column card bytea;
comment on column staging.payments.card is 'The keyed hash of the card (32 bytes), then its last four digits: never the number.';

-- Labels are made from the records themselves (load_labels): what is scored need not know them.
alter table staging.scored_payments drop column is_fraud;

create table public.payment_cards (
    payment_id varchar(50) collate "C" not null,
    card_hash bytea not null,
    card_last_four char(4),
    constraint payment_cards_pkey primary key (payment_id),
    constraint payment_cards_card_hash_check check (length(card_hash) = 32)
);
comment on table public.payment_cards is 'The card of a payment, where its file told it; one row per payment. No card number is kept anywhere.';
comment on column public.payment_cards.payment_id is 'The payment; written with it by the same batch.';
comment on column public.payment_cards.card_hash is 'HMAC-SHA256 of the card number (of Stripe''s charges: of the card''s fingerprint) with the key Cards:HashKey. The same card has the same hash; without the key it cannot be guessed.';
comment on column public.payment_cards.card_last_four is 'The last four digits of the number.';
create index payment_cards_card_hash_idx on public.payment_cards (card_hash);
