-- What processors and banks report: lines of their reports, payouts, and the statements of bank accounts.

create schema if not exists reconciliation;
comment on schema reconciliation is 'What processors and banks say that came, as their files have it, and what it was matched with.';

create table reconciliation.processor_lines (
    line_id bigint generated always as identity,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C" not null default '',
    external_id varchar(250) collate "C" not null,
    payout_key varchar(200) collate "C",
    category varchar(30) collate "C" not null,
    original_category varchar(100) collate "C" not null,
    payment_reference varchar(100) collate "C",
    processor_reference varchar(100) collate "C",
    source_reference varchar(100) collate "C",
    payment_method varchar(50) collate "C",
    description varchar(250),
    currency char(3) collate "C" not null,
    gross numeric(18, 3) not null,
    fee numeric(18, 3) not null,
    net numeric(18, 3) not null,
    presentment_amount numeric(18, 3),
    presentment_currency char(3) collate "C",
    exchange_rate numeric(20, 10),
    occurred_at timestamptz not null,
    available_on date,
    import_id bigint not null,
    batch_id bigint not null,
    line_number bigint not null,
    created_at timestamptz not null default now(),
    constraint processor_lines_pkey primary key (line_id),
    constraint processor_lines_external_key unique (processor, account, external_id),
    constraint processor_lines_processor_check check (processor in ('stripe', 'adyen')),
    constraint processor_lines_net_check check (gross - fee = net),
    constraint processor_lines_presentment_check check (
        (presentment_amount is null) = (presentment_currency is null)
    )
);
comment on table reconciliation.processor_lines is 'What processors booked on the accounts that they keep for us, one row per balance transaction (Stripe) or line of a settlement details report (Adyen).';
comment on column reconciliation.processor_lines.account is 'The account with the processor: Stripe''s connected account, Adyen''s merchant account; empty where the file tells none.';
comment on column reconciliation.processor_lines.external_id is 'Stripe''s balance transaction; Adyen''s PSP reference, modification reference and type, or, of lines without references, batch, type, day, amount and how many of the like came before.';
comment on column reconciliation.processor_lines.payout_key is 'The payout that the line belongs to (payouts); of a payout''s own line the payout itself; null: not told.';
comment on column reconciliation.processor_lines.category is 'One word for what happened, the same for all processors: payment, refund, refund_failed, chargeback, chargeback_reversed, fee, payout, payout_failed, reserve, adjustment, transfer, …. The sign of the amounts tells the direction, never the category.';
comment on column reconciliation.processor_lines.original_category is 'The processor''s own word: Stripe''s reporting category, Adyen''s type.';
comment on column reconciliation.processor_lines.payment_reference is 'What may be the id of our payment: Stripe''s charge, Adyen''s merchant reference.';
comment on column reconciliation.processor_lines.processor_reference is 'Stripe''s payment intent, Adyen''s PSP reference.';
comment on column reconciliation.processor_lines.source_reference is 'The refund, dispute, transfer, … itself: Stripe''s source, Adyen''s modification reference.';
comment on column reconciliation.processor_lines.gross is 'Signed, in the currency of the account; gross - fee = net, exactly.';
comment on column reconciliation.processor_lines.fee is 'What the processor keeps of it; negative: given back.';
comment on column reconciliation.processor_lines.net is 'What the line adds to the account (negative: takes from it).';
comment on column reconciliation.processor_lines.presentment_amount is 'Signed gross amount as the payer was shown it, where its currency is another.';
comment on column reconciliation.processor_lines.exchange_rate is 'From the presentment currency to the account''s, as the processor says it.';
comment on column reconciliation.processor_lines.occurred_at is 'When the processor booked it.';
comment on column reconciliation.processor_lines.available_on is 'The UTC day from which on it can be paid out; null: not told.';
comment on column reconciliation.processor_lines.import_id is 'The import that brought it first (ops.imports).';
comment on column reconciliation.processor_lines.line_number is 'Physical line of the file where the record starts, from 1.';
create index processor_lines_payout_idx on reconciliation.processor_lines (processor, payout_key)
    where payout_key is not null;
-- Payout lines are few.
create index processor_lines_payouts_idx on reconciliation.processor_lines (processor, payout_key)
    where category = 'payout';
create index processor_lines_payment_idx on reconciliation.processor_lines (payment_reference)
    where payment_reference is not null;
create index processor_lines_occurred_idx on reconciliation.processor_lines (occurred_at, line_id);

create table reconciliation.payouts (
    processor varchar(20) collate "C" not null,
    payout_key varchar(200) collate "C" not null,
    account varchar(100) collate "C" not null default '',
    amount numeric(24, 3) not null,
    currency char(3) collate "C" not null,
    status varchar(20) collate "C" not null,
    arrival_date date,
    initiated_at timestamptz,
    reference varchar(250) collate "C",
    is_stated boolean not null,
    has_object boolean not null,
    import_id bigint not null,
    batch_id bigint not null,
    line_number bigint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint payouts_pkey primary key (processor, payout_key),
    constraint payouts_processor_check check (processor in ('stripe', 'adyen')),
    constraint payouts_status_check check (status in (
        'pending', 'in_transit', 'paid', 'failed', 'canceled'
    ))
);
comment on table reconciliation.payouts is 'What processors pay out to bank accounts. The net of a payout''s lines equals it where one file held both: else the file was refused.';
comment on column reconciliation.payouts.payout_key is 'Stripe''s payout (po_…); Adyen''s merchant account, batch and currency, as account/batch/currency.';
comment on column reconciliation.payouts.amount is 'Over 0: to the bank; below 0: taken from it.';
comment on column reconciliation.payouts.status is 'Moves forward only: pending, in_transit, paid; failed or canceled at last.';
comment on column reconciliation.payouts.arrival_date is 'When the processor expects it at the bank; null: not told.';
comment on column reconciliation.payouts.reference is 'What the bank line may show: statement descriptor or trace id (Stripe), reference of the payout line (Adyen).';
comment on column reconciliation.payouts.is_stated is 'Whether the processor said the amount; false: it is the sum of the lines that name the payout, and follows them.';
comment on column reconciliation.payouts.has_object is 'Whether the payout''s own object was imported: it says the amount, which lines then no longer change.';
comment on column reconciliation.payouts.import_id is 'The import that brought it first (ops.imports).';
create index payouts_arrival_idx on reconciliation.payouts (arrival_date, payout_key);

create table reconciliation.bank_statements (
    statement_id bigint generated always as identity,
    account_iban varchar(100) collate "C" not null,
    account_currency char(3) collate "C" not null,
    statement_reference varchar(100) collate "C" not null,
    sequence bigint not null,
    page int not null,
    opening_balance numeric(18, 3) not null,
    closing_balance numeric(18, 3) not null,
    opening_day date,
    closing_day date,
    from_day date,
    to_day date,
    line_count bigint not null,
    content_hash uuid not null,
    import_id bigint not null,
    batch_id bigint not null,
    line_number bigint not null,
    created_at timestamptz not null default now(),
    constraint bank_statements_pkey primary key (statement_id),
    constraint bank_statements_reference_key unique (
        account_iban, account_currency, statement_reference, sequence, page
    )
);
comment on table reconciliation.bank_statements is 'Statements of bank accounts (camt.053), one row per account, currency and page: opening balance plus booked lines is the closing balance, exactly, or the file was refused.';
comment on column reconciliation.bank_statements.account_iban is 'The IBAN without blanks, or the number that the bank has for the account.';
comment on column reconciliation.bank_statements.statement_reference is 'The bank''s id of the statement; banks use some again, with another sequence.';
comment on column reconciliation.bank_statements.sequence is 'The electronic sequence number; 0: not told.';
comment on column reconciliation.bank_statements.page is 'The page of a statement whose pages were proven one by one; of a whole statement 1.';
comment on column reconciliation.bank_statements.opening_balance is 'Signed, below 0: owed to the bank.';
comment on column reconciliation.bank_statements.line_count is 'How many rows of bank_lines it has, those included that are not booked.';
comment on column reconciliation.bank_statements.content_hash is 'Tells the same statement sent again from one that says something else.';
create index bank_statements_closing_idx
    on reconciliation.bank_statements (account_iban, closing_day, statement_id);

create table reconciliation.bank_lines (
    bank_line_id bigint generated always as identity,
    statement_id bigint not null,
    entry_number int not null,
    detail_number int not null,
    amount numeric(18, 3) not null,
    currency char(3) collate "C" not null,
    booking_date date,
    value_date date,
    bank_reference varchar(250) collate "C",
    end_to_end_id varchar(250) collate "C",
    instruction_id varchar(250) collate "C",
    transaction_id varchar(250) collate "C",
    remittance text,
    creditor_reference varchar(250) collate "C",
    counterparty_name varchar(250),
    counterparty_account varchar(100) collate "C",
    transaction_code varchar(100) collate "C",
    charges numeric(18, 3),
    original_amount numeric(18, 3),
    original_currency char(3) collate "C",
    is_reversal boolean not null,
    status varchar(4) collate "C" not null,
    import_id bigint not null,
    batch_id bigint not null,
    line_number bigint not null,
    created_at timestamptz not null default now(),
    constraint bank_lines_pkey primary key (bank_line_id),
    constraint bank_lines_entry_key unique (statement_id, entry_number, detail_number),
    constraint bank_lines_statement_fkey foreign key (statement_id)
        references reconciliation.bank_statements (statement_id),
    constraint bank_lines_status_check check (status in ('BOOK', 'PDNG', 'INFO', 'FUTR'))
);
comment on table reconciliation.bank_lines is 'Entries of bank statements; an entry that books several transactions at once has a row for each, where the bank tells their amounts.';
comment on column reconciliation.bank_lines.entry_number is 'Which entry of the statement, from 1.';
comment on column reconciliation.bank_lines.detail_number is 'Which transaction of an entry that was taken apart, from 1; 0: the row is the entry as a whole.';
comment on column reconciliation.bank_lines.amount is 'Signed, over 0: came to the account. Only booked lines count towards the balance.';
comment on column reconciliation.bank_lines.bank_reference is 'The account servicer''s reference of the transaction or the entry.';
comment on column reconciliation.bank_lines.remittance is 'What the payer wrote, as lines.';
comment on column reconciliation.bank_lines.creditor_reference is 'The structured reference (ISO 11649 and the like).';
comment on column reconciliation.bank_lines.counterparty_name is 'Who paid (amount over 0) or was paid; of a reversal the other way round.';
comment on column reconciliation.bank_lines.counterparty_account is 'Their IBAN without blanks, or account number.';
comment on column reconciliation.bank_lines.transaction_code is 'ISO domain/family/sub-family, or the bank''s own code.';
comment on column reconciliation.bank_lines.charges is 'Charges that the bank says are in the amount; below 0: taken from it.';
comment on column reconciliation.bank_lines.original_amount is 'Signed amount as it was instructed, where its currency is another.';
comment on column reconciliation.bank_lines.status is 'BOOK: booked; PDNG: pending, INFO: for information, FUTR: later. Only BOOK is money.';
comment on column reconciliation.bank_lines.line_number is 'Physical line of the file where the entry or its transaction starts, from 1.';
create index bank_lines_booking_idx on reconciliation.bank_lines (booking_date, bank_line_id);
create index bank_lines_end_to_end_idx on reconciliation.bank_lines (end_to_end_id)
    where end_to_end_id is not null;

-- Records of reports, payouts and statements under way.
create unlogged table staging.processor_lines (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    processor varchar(20) collate "C" not null,
    account varchar(100) collate "C",
    external_id varchar(250) collate "C",
    payout_key varchar(200) collate "C",
    category varchar(30) collate "C",
    original_category varchar(100) collate "C",
    payment_reference varchar(100) collate "C",
    processor_reference varchar(100) collate "C",
    source_reference varchar(100) collate "C",
    payment_method varchar(50) collate "C",
    description varchar(250),
    currency char(3) collate "C",
    gross numeric(18, 3),
    fee numeric(18, 3),
    net numeric(18, 3),
    presentment_amount numeric(18, 3),
    presentment_currency char(3) collate "C",
    exchange_rate numeric(20, 10),
    occurred_at timestamptz,
    available_on date,
    arrival_date date,
    reasons text[]
);
comment on table staging.processor_lines is 'Records of processors'' reports under way; a record with reasons is refused.';
comment on column staging.processor_lines.external_id is 'Of a line without references it ends with #, and is numbered when it is judged.';
comment on column staging.processor_lines.arrival_date is 'When the payout of the line arrives, where the line says it.';

create unlogged table staging.payout_records (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    processor varchar(20) collate "C" not null,
    payout_key varchar(200) collate "C",
    amount numeric(18, 3),
    currency char(3) collate "C",
    payout_status varchar(20) collate "C",
    arrival_date date,
    initiated_at timestamptz,
    reference varchar(250) collate "C",
    reasons text[]
);
comment on table staging.payout_records is 'Records of payout files under way; a record with reasons is refused.';

create unlogged table staging.bank_records (
    batch_id bigint not null,
    record_number bigint not null,
    line_number bigint not null,
    kind varchar(10) collate "C",
    account_iban varchar(100) collate "C",
    account_currency char(3) collate "C",
    statement_reference varchar(100) collate "C",
    sequence bigint,
    page int,
    content_hash uuid,
    opening_balance numeric(18, 3),
    closing_balance numeric(18, 3),
    opening_day date,
    closing_day date,
    from_day date,
    to_day date,
    line_count bigint,
    entry_number int,
    detail_number int,
    amount numeric(18, 3),
    currency char(3) collate "C",
    booking_date date,
    value_date date,
    bank_reference varchar(250) collate "C",
    end_to_end_id varchar(250) collate "C",
    instruction_id varchar(250) collate "C",
    transaction_id varchar(250) collate "C",
    remittance text,
    creditor_reference varchar(250) collate "C",
    counterparty_name varchar(250),
    counterparty_account varchar(100) collate "C",
    transaction_code varchar(100) collate "C",
    charges numeric(18, 3),
    original_amount numeric(18, 3),
    original_currency char(3) collate "C",
    is_reversal boolean,
    status varchar(4) collate "C",
    reasons text[]
);
comment on table staging.bank_records is 'Records of bank statements under way: a statement (kind statement), then its lines (kind line), each with the statement''s key and hash.';
comment on column staging.bank_records.content_hash is 'Of the whole statement that the record belongs to.';
