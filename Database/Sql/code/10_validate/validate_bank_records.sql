-- Decides over staged bank statements and their lines what the store must tell: which statements are known.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.bank_records, reconciliation.bank_statements, bank_lines. Called by: ValidateStage, first in the batch's transaction.
--
-- Leaves in the temporary table temp_reported_bank_record what becomes of each record, for upsert_bank_records; batches take turns.
-- A statement is known by account, currency, id, sequence and page. The same content again is a duplicate with all of its lines;
-- one that says something else is refused with all of them, because part of a statement adds up to nothing.
create function pipeline.validate_bank_records(
    p_batch_id bigint,
    p_header text[]
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[]
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('reports'));

    create temporary table temp_reported_bank_record on commit drop as
    with judged as (
        select
            staged.*,
            stored.statement_id,
            staged.content_hash <> coalesce(
                stored.content_hash,
                first_value(staged.content_hash) over (
                    partition by
                        staged.account_iban,
                        staged.account_currency,
                        staged.statement_reference,
                        staged.sequence,
                        staged.page,
                        staged.reasons is null
                    order by staged.record_number
                )
            ) as is_other,
            row_number() over (
                partition by
                    staged.account_iban,
                    staged.account_currency,
                    staged.statement_reference,
                    staged.sequence,
                    staged.page,
                    staged.kind,
                    staged.entry_number,
                    staged.detail_number,
                    staged.reasons is null
                order by staged.record_number
            ) as turn
        from staging.bank_records as staged
        left join reconciliation.bank_statements as stored
            on stored.account_iban = staged.account_iban
            and stored.account_currency = staged.account_currency
            and stored.statement_reference = staged.statement_reference
            and stored.sequence = staged.sequence
            and stored.page = staged.page
        where staged.batch_id = p_batch_id
    )
    select
        judged.*,
        case
            when judged.reasons is not null then null
            when judged.is_other then 'conflict'
            when judged.turn > 1 then 'duplicate'
            when judged.kind = 'statement' and judged.statement_id is not null then 'duplicate'
            when line.bank_line_id is not null then 'duplicate'
            else 'new'
        end as outcome
    from judged
    left join reconciliation.bank_lines as line
        on judged.kind = 'line'
        and line.statement_id = judged.statement_id
        and line.entry_number = judged.entry_number
        and line.detail_number = judged.detail_number;

    return query
        select
            reported.record_number,
            reported.line_number,
            pipeline.order_reasons(
                coalesce(reported.reasons, array['statement_reference.conflict']), p_header
            )
        from temp_reported_bank_record as reported
        where reported.outcome is null
            or reported.outcome = 'conflict'
        order by reported.record_number;
end;
$$;

comment on function pipeline.validate_bank_records(bigint, text[]) is
    'Refused bank statements and lines of a staged batch with all their reasons; leaves in temp_reported_bank_record what becomes of the others.';
