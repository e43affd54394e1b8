-- Bank lines that are money, each with its account and the day it counts from.
-- Grain: one bank line. Reads: reconciliation.bank_lines, bank_statements.
-- Called by: match_bank_lines, complete_banked_settlements, vw_reconciliation_summary.
create function pipeline.list_booked_lines() returns table (
    bank_line_id bigint,
    account varchar(100),
    currency char(3),
    amount numeric(18, 3),
    day date
)
language sql
stable
parallel safe
as $$
    select
        line.bank_line_id,
        statement.account_iban,
        line.currency,
        line.amount,
        coalesce(
            line.value_date,
            line.booking_date,
            statement.closing_day,
            statement.to_day,
            (statement.created_at at time zone 'UTC')::date
        )
    from reconciliation.bank_lines as line
    inner join reconciliation.bank_statements as statement
        on statement.statement_id = line.statement_id
    where line.status = 'BOOK';
$$;

comment on function pipeline.list_booked_lines() is
    'Booked bank lines with their account and value date.';
