-- Learns fraud labels from the disputes of a batch: a fraudulent chargeback is fraud, unless it is won.
-- Grain: none. Reads: staging.claims, public.disputes, payment_keys, payments. Called by: upsert_claims.
--
-- A chargeback is known from its date on, an inquiry that becomes one and a chargeback that is won from now on. A payment
-- with several is fraud while one of them stands. Scores are never changed by it.
create function pipeline.label_disputes(
    p_batch_id bigint
) returns void
language sql
as $$
    with changed as (
        select
            staged.payment_id,
            staged.claim_id,
            bool_or(staged.outcome = 'move' and staged.status_before like 'warning%')
                as was_inquiry
        from staging.claims as staged
        where staged.batch_id = p_batch_id
            and staged.kind = 'dispute'
            and staged.outcome in ('new', 'move')
        group by
            staged.payment_id,
            staged.claim_id
    ),
    chargeback as (
        select
            dispute.payment_id,
            dispute.dispute_status <> 'won' as is_fraud,
            case
                when dispute.dispute_status = 'won' or changed.was_inquiry then now()
                else greatest(dispute.dispute_date, known.transaction_date)
            end as known_at
        from (
            select distinct changed.payment_id
            from changed
        ) as touched
        inner join public.disputes as dispute on dispute.payment_id = touched.payment_id
        inner join public.payment_keys as known on known.payment_id = dispute.payment_id
        left join changed on changed.claim_id = dispute.dispute_id
        where dispute.reason = 'fraudulent'
            and dispute.dispute_status in ('needs_response', 'under_review', 'lost', 'won')
    ),
    learned as (
        select
            chargeback.payment_id,
            bool_or(chargeback.is_fraud) as is_fraud,
            coalesce(
                min(chargeback.known_at) filter (where chargeback.is_fraud),
                max(chargeback.known_at)
            ) as known_at
        from chargeback
        group by chargeback.payment_id
    )
    insert into risk.labels as label (
        payment_id,
        source,
        is_fraud,
        known_at,
        batch_id,
        customer_id,
        merchant_id,
        transaction_date
    )
    select
        learned.payment_id,
        'dispute',
        learned.is_fraud,
        learned.known_at,
        p_batch_id,
        payment.customer_id,
        payment.merchant_id,
        known.transaction_date
    from learned
    inner join public.payment_keys as known on known.payment_id = learned.payment_id
    left join public.payments as payment
        on payment.payment_id = known.payment_id
        and payment.transaction_date = known.transaction_date
    order by learned.payment_id
    on conflict on constraint labels_pkey do update set
        is_fraud = excluded.is_fraud,
        known_at = excluded.known_at,
        batch_id = excluded.batch_id
    where label.is_fraud <> excluded.is_fraud;
$$;

comment on function pipeline.label_disputes(bigint) is
    'Writes the fraud labels (source dispute) of payments whose disputes a batch has brought or moved.';
