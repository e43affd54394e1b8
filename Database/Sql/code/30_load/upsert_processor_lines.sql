-- Takes judged lines of processors' reports over, and the payouts that they are or belong to.
-- Grain: one row. Reads: temp_reported_line (made by validate_processor_lines), reconciliation.processor_lines, payouts, ops.batches.
-- Called by: LoadStage, after validate_processor_lines.
--
-- A payout of which no file has said the amount is the sum of the lines that name it, and grows with them.
create function pipeline.upsert_processor_lines(
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
        count(*) filter (where reported.outcome in ('new', 'filled')),
        count(*) filter (where reported.outcome = 'duplicate')
    into
        accepted,
        duplicates
    from temp_reported_line as reported;

    insert into reconciliation.processor_lines (
        processor,
        account,
        external_id,
        payout_key,
        category,
        original_category,
        payment_reference,
        processor_reference,
        source_reference,
        payment_method,
        description,
        currency,
        gross,
        fee,
        net,
        presentment_amount,
        presentment_currency,
        exchange_rate,
        occurred_at,
        available_on,
        import_id,
        batch_id,
        line_number
    )
    select
        reported.processor,
        reported.line_account,
        reported.line_key,
        reported.payout_key,
        reported.category,
        reported.original_category,
        reported.payment_reference,
        reported.processor_reference,
        reported.source_reference,
        reported.payment_method,
        reported.description,
        reported.currency,
        reported.gross,
        reported.fee,
        reported.net,
        reported.presentment_amount,
        reported.presentment_currency,
        reported.exchange_rate,
        reported.occurred_at,
        reported.available_on,
        v_import_id,
        p_batch_id,
        reported.line_number
    from temp_reported_line as reported
    where reported.outcome = 'new'
    order by reported.record_number;

    update reconciliation.processor_lines as line
    set
        payout_key = coalesce(line.payout_key, reported.payout_key),
        payment_reference = coalesce(line.payment_reference, reported.payment_reference),
        processor_reference = coalesce(line.processor_reference, reported.processor_reference),
        source_reference = coalesce(line.source_reference, reported.source_reference),
        payment_method = coalesce(line.payment_method, reported.payment_method),
        description = coalesce(line.description, reported.description),
        presentment_currency = case
            when line.presentment_amount is null then reported.presentment_currency
            else line.presentment_currency
        end,
        presentment_amount = coalesce(line.presentment_amount, reported.presentment_amount),
        exchange_rate = coalesce(line.exchange_rate, reported.exchange_rate),
        available_on = coalesce(line.available_on, reported.available_on)
    from temp_reported_line as reported
    where reported.outcome = 'filled'
        and line.line_id = reported.line_id;

    insert into reconciliation.payouts as known (
        processor,
        payout_key,
        account,
        amount,
        currency,
        status,
        arrival_date,
        initiated_at,
        reference,
        is_stated,
        has_object,
        import_id,
        batch_id,
        line_number
    )
    with named as (
        select
            reported.processor,
            reported.payout_key,
            min(reported.line_account) as account,
            min(reported.currency) as currency,
            sum(reported.net) filter (where reported.category <> 'payout') as added,
            bool_or(reported.category = 'payout') as is_stated,
            max(reported.arrival_date) as arrival_date,
            min(reported.occurred_at) filter (where reported.category = 'payout') as initiated_at,
            min(coalesce(reported.source_reference, reported.description)) filter (
                where reported.category = 'payout' and reported.processor = 'adyen'
            ) as reference,
            min(reported.line_number) as line_number
        from temp_reported_line as reported
        where reported.outcome = 'new'
            or (reported.outcome = 'filled' and reported.stored_payout_key is null)
        group by
            reported.processor,
            reported.payout_key
    )
    select
        named.processor,
        named.payout_key,
        named.account,
        case
            when named.is_stated then stated.amount
            else named.added
        end as amount,
        named.currency,
        'in_transit' as status,
        named.arrival_date,
        named.initiated_at,
        named.reference,
        named.is_stated,
        false as has_object,
        v_import_id,
        p_batch_id,
        named.line_number
    from named
    left join lateral (
        select -sum(line.net) as amount
        from reconciliation.processor_lines as line
        where line.processor = named.processor
            and line.payout_key = named.payout_key
            and line.category = 'payout'
    ) as stated on named.is_stated
    where named.payout_key is not null
    order by
        named.processor,
        named.payout_key
    on conflict on constraint payouts_pkey do update set
        amount = case
            when known.has_object then known.amount
            when excluded.is_stated then excluded.amount
            when known.is_stated then known.amount
            else known.amount + excluded.amount
        end,
        is_stated = known.is_stated or excluded.is_stated,
        account = case when known.account = '' then excluded.account else known.account end,
        arrival_date = coalesce(known.arrival_date, excluded.arrival_date),
        initiated_at = coalesce(known.initiated_at, excluded.initiated_at),
        reference = coalesce(known.reference, excluded.reference),
        updated_at = now();
    drop table temp_reported_line;
end;
$$;

comment on function pipeline.upsert_processor_lines(bigint) is
    'Adds the judged lines of processors'' reports of a batch, fills what was not known of others, and keeps the payouts that they name; returns how many changed something and how many nothing.';
