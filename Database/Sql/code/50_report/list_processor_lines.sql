-- Lines of processors' reports, by what is given.
-- Grain: one line. Reads: reconciliation.processor_lines. Called by: GET /api/reconciliation/processor-lines.
create function pipeline.list_processor_lines(
    p_processor text,
    p_account text,
    p_payout_key text,
    p_category text,
    p_payment_reference text,
    p_currency text,
    p_import_id bigint,
    p_from date,
    p_to date
) returns table (
    line_id bigint,
    processor varchar,
    account varchar,
    external_id varchar,
    payout_key varchar,
    category varchar,
    original_category varchar,
    payment_reference varchar,
    processor_reference varchar,
    source_reference varchar,
    payment_method varchar,
    description varchar,
    currency varchar,
    gross numeric,
    fee numeric,
    net numeric,
    presentment_amount numeric,
    presentment_currency varchar,
    exchange_rate numeric,
    occurred_at timestamptz,
    available_on date,
    import_id bigint,
    line_number bigint
)
language sql
stable
parallel safe
as $$
    select
        line.line_id,
        line.processor,
        line.account,
        line.external_id,
        line.payout_key,
        line.category,
        line.original_category,
        line.payment_reference,
        line.processor_reference,
        line.source_reference,
        line.payment_method,
        line.description,
        line.currency::varchar as currency,
        line.gross,
        line.fee,
        line.net,
        line.presentment_amount,
        line.presentment_currency::varchar as presentment_currency,
        line.exchange_rate,
        line.occurred_at,
        line.available_on,
        line.import_id,
        line.line_number
    from reconciliation.processor_lines as line
    where (p_processor is null or line.processor = p_processor)
        and (p_account is null or line.account = p_account)
        and (p_payout_key is null or line.payout_key = p_payout_key)
        and (p_category is null or line.category = p_category)
        and (p_payment_reference is null or line.payment_reference = p_payment_reference)
        and (p_currency is null or line.currency = p_currency)
        and (p_import_id is null or line.import_id = p_import_id)
        and (p_from is null or line.occurred_at >= p_from::timestamp at time zone 'UTC')
        and (p_to is null or line.occurred_at < (p_to + 1)::timestamp at time zone 'UTC');
$$;

comment on function pipeline.list_processor_lines(text, text, text, text, text, text, bigint, date, date) is
    'Lines of processors'' reports with the import and line that brought them, by what is given and UTC days (both included). Unordered: the caller pages by occurred_at and line_id.';
