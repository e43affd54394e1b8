-- Payouts of processors, by what is given, with what their lines say.
-- Grain: one payout. Reads: reconciliation.payouts, processor_lines. Called by: GET /api/reconciliation/payouts.
create function pipeline.list_reported_payouts(
    p_processor text,
    p_account text,
    p_payout_key text,
    p_status text,
    p_currency text,
    p_from date,
    p_to date
) returns table (
    processor varchar,
    payout_key varchar,
    account varchar,
    amount numeric,
    currency varchar,
    status varchar,
    arrival_date date,
    initiated_at timestamptz,
    reference varchar,
    is_stated boolean,
    line_count bigint,
    line_amount numeric,
    created_at timestamptz,
    import_id bigint,
    line_number bigint
)
language sql
stable
parallel safe
as $$
    select
        payout.processor,
        payout.payout_key,
        payout.account,
        payout.amount,
        payout.currency::varchar as currency,
        payout.status,
        payout.arrival_date,
        payout.initiated_at,
        payout.reference,
        payout.is_stated,
        line.line_count,
        line.line_amount,
        payout.created_at,
        payout.import_id,
        payout.line_number
    from reconciliation.payouts as payout
    cross join lateral (
        select
            count(*) as line_count,
            coalesce(sum(line.net), 0) as line_amount
        from reconciliation.processor_lines as line
        where line.processor = payout.processor
            and line.payout_key = payout.payout_key
            and line.category <> 'payout'
    ) as line
    where (p_processor is null or payout.processor = p_processor)
        and (p_account is null or payout.account = p_account)
        and (p_payout_key is null or payout.payout_key = p_payout_key)
        and (p_status is null or payout.status = p_status)
        and (p_currency is null or payout.currency = p_currency)
        and (p_from is null or payout.arrival_date >= p_from)
        and (p_to is null or payout.arrival_date <= p_to);
$$;

comment on function pipeline.list_reported_payouts(text, text, text, text, text, date, date) is
    'Payouts of processors with number and net of their lines, by what is given and days of arrival (both included). Unordered: the caller pages by created_at, processor and payout_key.';
