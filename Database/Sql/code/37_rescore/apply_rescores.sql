-- Writes the staged new scores to the payments, with the rollups that count flags, and their assessments.
-- Grain: one row. Reads: staging.rescored_payments, public.payments, public.customers, risk.labels, risk.assessments.
-- Called by: RescoreStage, chunk by chunk, each in a transaction of its own.
--
-- Lane 0 would have this to itself and keep every import out. It is not needed: a score and a flag touch one number of
-- one rollup, which is changed by what it gained, in key order like everybody (add_to_rollups). The lock `parties`, shared, keeps
-- those out who move payments between cells or take them away; `verdicts` makes it take turns with verdicts, which set flags too.
-- A flag of an analyst (a label) or of a list (the assessment says so) stays, with the list's reason.
create function pipeline.apply_rescores(
    p_rules_version bigint,
    p_models_version bigint,
    p_scored_at timestamptz,
    p_raises_alerts boolean,
    out payments_changed bigint,
    out assessments_written bigint,
    out alerts_raised bigint
)
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_since timestamptz;
    v_until timestamptz;
    v_batch_ids bigint[];
begin
    perform pg_advisory_xact_lock_shared(pipeline.lock_key('parties'));
    perform pg_advisory_xact_lock(pipeline.lock_key('verdicts'));
    -- Known before the next statement is planned: it then meets only the partitions that it needs.
    select
        min(rescored.transaction_date),
        max(rescored.transaction_date)
    into
        v_since,
        v_until
    from staging.rescored_payments as rescored;

    with judged as materialized (
        select
            rescored.payment_id,
            rescored.transaction_date,
            rescored.risk_score,
            payment.is_suspicious as was_suspicious,
            rescored.is_suspicious
            or (
                payment.is_suspicious
                and (
                    exists (
                        select
                        from risk.labels as verdict
                        where verdict.payment_id = rescored.payment_id
                            and verdict.source = 'analyst'
                            and verdict.is_fraud
                    )
                    or exists (
                        select
                        from risk.assessments as assessed
                        where assessed.payment_id = rescored.payment_id
                            and assessed.is_flagged
                            and assessed.reasons @> '[{"kind": "list"}]'
                    )
                )
            ) as is_suspicious
        from staging.rescored_payments as rescored
        inner join public.payments as payment
            on payment.payment_id = rescored.payment_id
            and payment.transaction_date = rescored.transaction_date
        where payment.transaction_date >= v_since
            and payment.transaction_date <= v_until
    ),
    changed as (
        update public.payments as payment
        set
            risk_score = judged.risk_score,
            is_suspicious = judged.is_suspicious,
            updated_at = now()
        from judged
        where payment.payment_id = judged.payment_id
            and payment.transaction_date = judged.transaction_date
            and payment.transaction_date >= v_since
            and payment.transaction_date <= v_until
            and (
                payment.risk_score <> judged.risk_score
                or payment.is_suspicious <> judged.is_suspicious
            )
        returning
            payment.customer_id,
            (payment.transaction_date at time zone 'UTC')::date as payment_date,
            payment.merchant_id,
            payment.payment_status,
            coalesce(payment.payment_method, '') as payment_method,
            payment.currency,
            payment.is_suspicious::int - judged.was_suspicious::int as gained
    ),
    counted as (
        insert into rollup.payment_days as cell (
            payment_date,
            merchant_id,
            payment_status,
            payment_method,
            currency,
            customer_country,
            transaction_count,
            total_amount,
            timed_count,
            processing_seconds,
            suspicious_count
        )
        select
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            coalesce(customer.country, '') collate "C" as customer_country,
            0,
            0,
            0,
            0,
            sum(changed.gained)
        from changed
        left join public.customers as customer on customer.customer_id = changed.customer_id
        where changed.gained <> 0
        group by
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            coalesce(customer.country, '') collate "C"
        having sum(changed.gained) <> 0
        order by
            changed.payment_date,
            changed.merchant_id,
            changed.payment_status,
            changed.payment_method,
            changed.currency,
            customer_country
        on conflict on constraint payment_days_pkey do update set
            suspicious_count = cell.suspicious_count + excluded.suspicious_count
    )
    select count(*)
    into payments_changed
    from changed;

    with written as (
        insert into risk.assessments as known (
            payment_id,
            transaction_date,
            customer_id,
            merchant_id,
            amount,
            currency,
            score,
            decision,
            is_flagged,
            rule_score,
            anomaly_score,
            fraud_probability,
            reasons,
            rules_version,
            models_version,
            batch_id,
            assessed_at
        )
        select
            payment.payment_id,
            payment.transaction_date,
            payment.customer_id,
            payment.merchant_id,
            payment.amount,
            payment.currency,
            (rescored.assessment ->> 'score')::double precision,
            rescored.assessment ->> 'decision',
            (rescored.assessment ->> 'is_flagged')::boolean,
            (rescored.assessment ->> 'rule_score')::double precision,
            (rescored.assessment ->> 'anomaly_score')::double precision,
            (rescored.assessment ->> 'fraud_probability')::double precision,
            rescored.assessment -> 'reasons',
            p_rules_version,
            p_models_version,
            payment.batch_id,
            p_scored_at
        from staging.rescored_payments as rescored
        inner join public.payments as payment
            on payment.payment_id = rescored.payment_id
            and payment.transaction_date = rescored.transaction_date
        where rescored.assessment is not null
            and payment.transaction_date >= v_since
            and payment.transaction_date <= v_until
        order by payment.payment_id
        on conflict on constraint assessments_pkey do update set
            score = excluded.score,
            decision = excluded.decision,
            is_flagged = excluded.is_flagged
                or (known.is_flagged and known.reasons @> '[{"kind": "list"}]'),
            rule_score = excluded.rule_score,
            anomaly_score = excluded.anomaly_score,
            fraud_probability = excluded.fraud_probability,
            reasons = excluded.reasons || case
                when known.is_flagged and not excluded.reasons @> '[{"kind": "list"}]'
                    then jsonb_path_query_array(known.reasons, '$[*] ? (@.kind == "list")')
                else '[]'
            end,
            rules_version = excluded.rules_version,
            models_version = excluded.models_version,
            assessed_at = excluded.assessed_at
        returning known.batch_id
    )
    select
        count(*),
        coalesce(array_agg(distinct written.batch_id), '{}')
    into
        assessments_written,
        v_batch_ids
    from written;

    alerts_raised := 0;
    if p_raises_alerts then
        alerts_raised := pipeline.raise_alerts_of_batches(v_batch_ids);
    end if;
end;
$$;

comment on function pipeline.apply_rescores(bigint, bigint, timestamptz, boolean) is
    'Writes the staged scores to payments, rollups and assessments; returns how many payments changed, assessments were written and alerts raised.';
