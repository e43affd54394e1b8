-- Events after the last one that a reader has seen. Payments and alerts are returned as the database has
-- them now; an alert's step and status are the event's own.
-- Grain: one event, in order. Reads: risk.events, alerts, assessments, public.payment_keys, payments, currencies.
-- Called by: GET /api/feed.
create function pipeline.list_events(
    p_after bigint,
    p_limit int
) returns table (
    event_id bigint,
    kind varchar,
    payload text
)
language sql
stable
parallel safe
as $$
    select
        event.event_id,
        event.kind,
        coalesce(alert.payload || event.payload, event.payload, payment.payload)::text as payload
    from (
        select
            next.event_id,
            next.kind,
            next.payment_id,
            next.alert_id,
            next.payload
        from risk.events as next
        where next.event_id > p_after
        order by next.event_id
        limit p_limit
    ) as event
    left join lateral (
        select jsonb_build_object(
            'payment_id', stored.payment_id,
            'customer_id', stored.customer_id,
            'merchant_id', stored.merchant_id,
            'amount', round(stored.amount, money.minor_digits),
            'currency', stored.currency,
            'payment_method', stored.payment_method,
            'payment_status', stored.payment_status,
            'transaction_date',
            to_char(
                stored.transaction_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
            ),
            'risk_score', stored.risk_score,
            'decision', stored.decision,
            'is_suspicious', stored.is_suspicious,
            'reasons', stored.reasons
        ) as payload
        from pipeline.get_payment(event.payment_id) as stored
        left join public.currencies as money on money.currency = stored.currency
        where event.payload is null
    ) as payment on true
    left join lateral (
        select jsonb_build_object(
            'alert_id', known.alert_id,
            'severity', known.severity,
            'customer_id', known.customer_id,
            'rule_code', known.rule_code,
            'payment_id', known.payment_id,
            'payment_count', known.payment_count,
            'score', known.score,
            'expected_loss', round(known.expected_loss, money.minor_digits),
            'currency', known.currency,
            'assignee', known.assignee,
            'due_at', to_char(known.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        ) as payload
        from risk.alerts as known
        inner join public.currencies as money on money.currency = known.currency
        where known.alert_id = event.alert_id
    ) as alert on true
    order by event.event_id;
$$;

comment on function pipeline.list_events(bigint, int) is
    'The next events after an id, in their order; of an archived payment only the id and the date.';
