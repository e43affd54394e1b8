-- Makes the payments of an alert what a verdict says: their flags, the rollups that count these, and their labels.
-- Grain: none. Reads: risk.alert_payments, risk.assessments, public.payments, public.customers.
-- Called by: resolve_alert, reopen_alert, before they change the alert itself.
--
-- Fraud makes a payment suspicious. Legitimate takes back what an analyst has made suspicious, and leaves suspicious
-- what a flag rule or a block list has: that is a fact about the rule. Without a verdict (null) it is as if there had been none.
-- The lock `parties`, shared, keeps customers in their countries, and other writers of these payments (updates, refunds,
-- archives, which have it alone) out. Verdicts and rescores take turns, and count in key order like batches: before any alert is taken.
-- A payment that is archived keeps its flag in the file; its label is written all the same.
create function pipeline.judge_alert_payments(
    p_alert_id bigint,
    p_is_fraud boolean,
    p_now timestamptz
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_cell record;
begin
    perform pg_advisory_xact_lock_shared(pipeline.lock_key('parties'));
    perform pg_advisory_xact_lock(pipeline.lock_key('verdicts'));

    for v_cell in
        with judged as (
            select
                held.payment_id,
                held.transaction_date,
                coalesce(p_is_fraud, false) or coalesce(assessed.is_flagged, held.is_flagged)
                    as is_suspicious
            from risk.alert_payments as held
            left join risk.assessments as assessed on assessed.payment_id = held.payment_id
            where held.alert_id = p_alert_id
        ),
        changed as (
            update public.payments as payment
            set
                is_suspicious = judged.is_suspicious,
                updated_at = p_now
            from judged
            where payment.payment_id = judged.payment_id
                and payment.transaction_date = judged.transaction_date
                and payment.is_suspicious <> judged.is_suspicious
            returning
                (payment.transaction_date at time zone 'UTC')::date as payment_date,
                payment.merchant_id,
                payment.payment_status,
                coalesce(payment.payment_method, '') as payment_method,
                payment.currency,
                payment.customer_id,
                payment.is_suspicious
        )
        select
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            coalesce(customer.country, '') as customer_country,
            sum(case when changed.is_suspicious then 1 else -1 end) as gained
        from changed
        left join public.customers as customer on customer.customer_id = changed.customer_id
        group by
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            coalesce(customer.country, '')
        order by
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            coalesce(customer.country, '') collate "C"
    loop
        update rollup.payment_days as cell
        set suspicious_count = cell.suspicious_count + v_cell.gained
        where cell.payment_date = v_cell.payment_date
            and cell.merchant_id = v_cell.merchant_id
            and cell.payment_status = v_cell.payment_status
            and cell.payment_method = v_cell.payment_method
            and cell.currency = v_cell.currency
            and cell.customer_country = v_cell.customer_country;
        if not found then
            raise exception 'payments of % are not counted in their rollup', v_cell.payment_date
                using errcode = 'data_corrupted';
        end if;
    end loop;

    if p_is_fraud is null then
        delete from risk.labels as label
        using risk.alert_payments as held
        where held.alert_id = p_alert_id
            and label.payment_id = held.payment_id
            and label.source = 'analyst';
        return;
    end if;

    insert into risk.labels as label (
        payment_id,
        source,
        is_fraud,
        known_at,
        customer_id,
        merchant_id,
        transaction_date
    )
    select
        held.payment_id,
        'analyst',
        p_is_fraud,
        greatest(p_now, held.transaction_date),
        alert.customer_id,
        held.merchant_id,
        held.transaction_date
    from risk.alert_payments as held
    inner join risk.alerts as alert on alert.alert_id = held.alert_id
    where held.alert_id = p_alert_id
    order by held.payment_id
    on conflict on constraint labels_pkey do update set
        is_fraud = excluded.is_fraud,
        known_at = excluded.known_at
    where label.is_fraud <> excluded.is_fraud;
end;
$$;

comment on function pipeline.judge_alert_payments(bigint, boolean, timestamptz) is
    'Writes a verdict (true: fraud, false: legitimate, null: none any more) on the payments of an alert: is_suspicious, rollups and labels of the source analyst.';
