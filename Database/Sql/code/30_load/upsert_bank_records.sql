-- Takes judged bank statements and their lines over.
-- Grain: one row. Reads: temp_reported_bank_record (made by validate_bank_records), reconciliation.bank_statements, ops.batches.
-- Called by: LoadStage, after validate_bank_records.
create function pipeline.upsert_bank_records(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
declare
    v_import_id bigint;
begin
    select batch.import_id
    into v_import_id
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    select
        count(*) filter (where reported.outcome = 'new'),
        count(*) filter (where reported.outcome = 'duplicate')
    into
        accepted,
        duplicates
    from temp_reported_bank_record as reported;

    insert into reconciliation.bank_statements (
        account_iban,
        account_currency,
        statement_reference,
        sequence,
        page,
        opening_balance,
        closing_balance,
        opening_day,
        closing_day,
        from_day,
        to_day,
        line_count,
        content_hash,
        import_id,
        batch_id,
        line_number
    )
    select
        reported.account_iban,
        reported.account_currency,
        reported.statement_reference,
        reported.sequence,
        reported.page,
        reported.opening_balance,
        reported.closing_balance,
        reported.opening_day,
        reported.closing_day,
        reported.from_day,
        reported.to_day,
        reported.line_count,
        reported.content_hash,
        v_import_id,
        p_batch_id,
        reported.line_number
    from temp_reported_bank_record as reported
    where reported.kind = 'statement'
        and reported.outcome = 'new'
    order by reported.record_number;

    insert into reconciliation.bank_lines (
        statement_id,
        entry_number,
        detail_number,
        amount,
        currency,
        booking_date,
        value_date,
        bank_reference,
        end_to_end_id,
        instruction_id,
        transaction_id,
        remittance,
        creditor_reference,
        counterparty_name,
        counterparty_account,
        transaction_code,
        charges,
        original_amount,
        original_currency,
        is_reversal,
        status,
        import_id,
        batch_id,
        line_number
    )
    select
        statement.statement_id,
        reported.entry_number,
        reported.detail_number,
        reported.amount,
        reported.currency,
        reported.booking_date,
        reported.value_date,
        reported.bank_reference,
        reported.end_to_end_id,
        reported.instruction_id,
        reported.transaction_id,
        reported.remittance,
        reported.creditor_reference,
        reported.counterparty_name,
        reported.counterparty_account,
        reported.transaction_code,
        reported.charges,
        reported.original_amount,
        reported.original_currency,
        reported.is_reversal,
        reported.status,
        v_import_id,
        p_batch_id,
        reported.line_number
    from temp_reported_bank_record as reported
    inner join reconciliation.bank_statements as statement
        on statement.account_iban = reported.account_iban
        and statement.account_currency = reported.account_currency
        and statement.statement_reference = reported.statement_reference
        and statement.sequence = reported.sequence
        and statement.page = reported.page
    where reported.kind = 'line'
        and reported.outcome = 'new'
    order by reported.record_number;
    drop table temp_reported_bank_record;
end;
$$;

comment on function pipeline.upsert_bank_records(bigint) is
    'Adds the judged bank statements of a batch and their lines; returns how many records were new and how many the store had already.';
