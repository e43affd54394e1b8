-- Lines of bank statements, by what is given.
-- Grain: one line. Reads: reconciliation.bank_lines, bank_statements. Called by: GET /api/reconciliation/bank-lines.
create function pipeline.list_bank_lines(
    p_account text,
    p_statement_reference text,
    p_status text,
    p_currency text,
    p_end_to_end_id text,
    p_import_id bigint,
    p_from date,
    p_to date
) returns table (
    bank_line_id bigint,
    account varchar,
    statement_reference varchar,
    sequence bigint,
    page int,
    entry_number int,
    detail_number int,
    amount numeric,
    currency varchar,
    booking_date date,
    value_date date,
    bank_reference varchar,
    end_to_end_id varchar,
    remittance text,
    creditor_reference varchar,
    counterparty_name varchar,
    counterparty_account varchar,
    transaction_code varchar,
    is_reversal boolean,
    status varchar,
    import_id bigint,
    line_number bigint
)
language sql
stable
parallel safe
as $$
    select
        line.bank_line_id,
        statement.account_iban as account,
        statement.statement_reference,
        statement.sequence,
        statement.page,
        line.entry_number,
        line.detail_number,
        line.amount,
        line.currency::varchar as currency,
        line.booking_date,
        line.value_date,
        line.bank_reference,
        line.end_to_end_id,
        line.remittance,
        line.creditor_reference,
        line.counterparty_name,
        line.counterparty_account,
        line.transaction_code,
        line.is_reversal,
        line.status,
        line.import_id,
        line.line_number
    from reconciliation.bank_lines as line
    inner join reconciliation.bank_statements as statement
        on statement.statement_id = line.statement_id
    where (p_account is null or statement.account_iban = p_account)
        and (p_statement_reference is null or statement.statement_reference = p_statement_reference)
        and (p_status is null or line.status = p_status)
        and (p_currency is null or line.currency = p_currency)
        and (p_end_to_end_id is null or line.end_to_end_id = p_end_to_end_id)
        and (p_import_id is null or line.import_id = p_import_id)
        and (p_from is null or line.booking_date >= p_from)
        and (p_to is null or line.booking_date <= p_to);
$$;

comment on function pipeline.list_bank_lines(text, text, text, text, text, bigint, date, date) is
    'Lines of bank statements with their statement, by what is given and booking days (both included). Unordered: the caller pages by bank_line_id.';
