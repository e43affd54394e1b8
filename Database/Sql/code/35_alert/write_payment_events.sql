-- Tells the feed about the payments of a batch that has just been loaded.
-- Grain: one value, the events. Reads: staging.scored_payments, risk.assessments, public.currencies, ops.batches.
-- Called by: the API's micro-batches (every payment) and LoadStage (those from REVIEW upward), last in the transaction.
--
-- How its plans are made is the session's business, as with validate_payments.
create function pipeline.write_payment_events(
    p_batch_id bigint,
    p_with_approved boolean
) returns bigint
language plpgsql
set jit = off
as $$
declare
    v_lane smallint;
    v_events bigint;
begin
    if not p_with_approved then
        -- In the order of the index: statistics know large batches only, and would have the whole table looked through.
        perform
        from risk.assessments as assessed
        where assessed.batch_id = p_batch_id
        order by assessed.batch_id
        limit 1;
        if not found then
            return 0;
        end if;
    end if;
    select batch.lane
    into v_lane
    from ops.batches as batch
    where batch.batch_id = p_batch_id;

    perform pipeline.order_events();
    insert into risk.events (kind, payment_id, payload)
    select
        'payment',
        scored.payment_id,
        jsonb_build_object(
            'payment_id', scored.payment_id,
            'customer_id', scored.customer_id,
            'merchant_id', scored.merchant_id,
            'amount', round(scored.amount, money.minor_digits),
            'currency', scored.currency,
            'payment_method', scored.payment_method,
            'payment_status', scored.payment_status,
            'transaction_date',
            to_char(
                scored.transaction_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
            ),
            'risk_score', scored.risk_score,
            'decision', coalesce(assessed.decision, 'APPROVE'),
            'is_suspicious', scored.is_suspicious,
            'reasons', coalesce(assessed.reasons, '[]')
        )
    from staging.scored_payments as scored
    inner join public.currencies as money on money.currency = scored.currency
    left join risk.assessments as assessed on assessed.payment_id = scored.payment_id
    where scored.lane = v_lane
        and (
            p_with_approved
            or assessed.decision <> 'APPROVE'
            or assessed.is_flagged
        )
    order by
        scored.transaction_date,
        scored.payment_id;
    get diagnostics v_events = row_count;
    return v_events;
end;
$$;

comment on function pipeline.write_payment_events(bigint, boolean) is
    'Writes one event for each payment of a loaded batch, or only for those from REVIEW upward and flagged ones; returns how many.';
