-- Tells the feed about payments of a batch that have just been loaded.
-- Grain: one value, the events. Reads: risk.assessments, public.currencies.
-- Called by: store_payments (every payment) and RaiseStage (those from REVIEW upward and flagged ones), last in the transaction.
--
-- How its plans are made is the session's business, as with validate_payments.
create function pipeline.write_payment_events(
    p_batch_id bigint,
    p_payments staging.scored_payment[]
) returns bigint
language plpgsql
as $$
declare
    v_events bigint;
begin
    if cardinality(p_payments) = 0 then
        return 0;
    end if;
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
    from unnest(p_payments) as scored
    inner join public.currencies as money on money.currency = scored.currency
    -- By the batch: of a large one all are read, and not all that there ever were.
    left join risk.assessments as assessed
        on assessed.batch_id = p_batch_id
        and assessed.payment_id = scored.payment_id
    order by
        scored.transaction_date,
        scored.payment_id;
    get diagnostics v_events = row_count;
    return v_events;
end;
$$;

comment on function pipeline.write_payment_events(bigint, staging.scored_payment[]) is
    'Writes one event for each of the given payments of a batch; returns how many.';
