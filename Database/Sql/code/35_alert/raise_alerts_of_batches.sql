-- Raises the alerts of batches that one transaction changes: one per customer and rule as long as it waits, further payments join it.
-- Grain: one value, the alerts that are new. Reads: risk.assessments, alerts, review_times, currency_scales.
-- Called by: raise_alerts, apply_rescores, last in the transaction and once: after its events nothing may be waited for.
--
-- Alerts are taken in the order of customer and rule, after the rollups: verdicts take them in the same order
-- (resolve_alert). Nothing here touches staging, so that plans can be kept.
create function pipeline.raise_alerts_of_batches(
    p_batch_ids bigint[]
) returns bigint
language plpgsql
-- A few payments are found by their keys, by plans that are made once a session: statistics know large batches only, and
-- would have a small one's rows looked for in whole tables.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_nestloop = on
set jit = off
as $$
declare
    v_alarming bigint;
    v_raised bigint[];
    v_joined bigint[];
    v_outdated bigint;
begin
    select count(*)
    into v_alarming
    from (
        select
        from risk.assessments as assessed
        where assessed.batch_id = any (p_batch_ids)
            and (assessed.decision <> 'APPROVE' or assessed.is_flagged)
        limit 100
    ) as first;
    if v_alarming = 0 then
        return 0;
    end if;
    if v_alarming = 100 then
        -- Many deserve plans of their own, which join whatever they have computed by hashes: how much that is, nobody can guess.
        -- (Until the function ends: see its settings.)
        set local plan_cache_mode = force_custom_plan;
        set local enable_hashjoin = on;
        set local enable_nestloop = off;
    end if;

    insert into risk.currency_scales (currency, typical_amount)
    select
        unmeasured.currency,
        pipeline.measure_currency(unmeasured.currency, now())
    from (
        select distinct assessed.currency
        from risk.assessments as assessed
        where assessed.batch_id = any (p_batch_ids)
            and not exists (
                select
                from risk.currency_scales as scale
                where scale.currency = assessed.currency
            )
    ) as unmeasured
    order by unmeasured.currency
    on conflict on constraint currency_scales_pkey do nothing;

    -- Alerts that are new are written once, as they will be; what joins one that waits is added to it. That one's currency is
    -- looked up beforehand and never changes; should it have been closed meanwhile, the batch is tried again.
    with alarming as materialized (
        select
            payment.payment_id,
            payment.customer_id,
            payment.merchant_id,
            payment.transaction_date,
            payment.amount,
            payment.currency,
            payment.score,
            payment.is_flagged,
            payment.rule_code,
            payment.severity_rank,
            payment.expected_loss,
            round(payment.expected_loss / scale.typical_amount, 9) as priority,
            first_value(payment.payment_id) over of_alert as first_payment_id,
            first_value(payment.currency) over of_alert as first_currency,
            (
                select waiting.currency
                from risk.alerts as waiting
                where waiting.customer_id = payment.customer_id
                    and waiting.rule_code = payment.rule_code
                    and waiting.status in ('OPEN', 'IN_REVIEW')
            ) as waiting_currency
        from pipeline.list_alarming_payments(p_batch_ids) as payment
        inner join risk.currency_scales as scale on scale.currency = payment.currency
        window of_alert as (
            partition by
                payment.customer_id,
                payment.rule_code
            order by
                payment.transaction_date,
                payment.payment_id
        )
    ),
    gained as materialized (
        select
            alarming.customer_id,
            alarming.rule_code,
            alarming.first_payment_id as payment_id,
            alarming.first_currency,
            coalesce(alarming.waiting_currency, alarming.first_currency) as currency,
            count(*) as payments,
            max(alarming.score) as score,
            max(alarming.severity_rank) as severity_rank,
            coalesce(
                sum(alarming.expected_loss) filter (
                    where alarming.currency
                        = coalesce(alarming.waiting_currency, alarming.first_currency)
                ),
                0
            ) as expected_loss,
            count(*) filter (
                where alarming.currency
                    <> coalesce(alarming.waiting_currency, alarming.first_currency)
            ) as other_currency_payments,
            sum(alarming.priority) as priority
        from alarming
        group by
            alarming.customer_id,
            alarming.rule_code,
            alarming.first_payment_id,
            alarming.first_currency,
            coalesce(alarming.waiting_currency, alarming.first_currency)
    ),
    changed as (
        insert into risk.alerts as alert (
            customer_id,
            rule_code,
            severity,
            payment_id,
            payment_count,
            score,
            currency,
            expected_loss,
            other_currency_payments,
            priority,
            opened_at,
            due_at,
            updated_at
        )
        select
            gained.customer_id,
            gained.rule_code,
            level.severity,
            gained.payment_id,
            gained.payments,
            gained.score,
            gained.currency,
            gained.expected_loss,
            gained.other_currency_payments,
            gained.priority,
            now(),
            now() + level.review_within,
            now()
        from gained
        inner join risk.review_times as level
            on pipeline.severity_rank(level.severity) = gained.severity_rank
        order by
            gained.customer_id,
            gained.rule_code
        on conflict (customer_id, rule_code) where status in ('OPEN', 'IN_REVIEW')
            do update set
                severity = case
                    when pipeline.severity_rank(excluded.severity)
                        > pipeline.severity_rank(alert.severity)
                        then excluded.severity
                    else alert.severity
                end,
                payment_count = alert.payment_count + excluded.payment_count,
                score = greatest(alert.score, excluded.score),
                expected_loss = alert.expected_loss + excluded.expected_loss,
                other_currency_payments
                    = alert.other_currency_payments + excluded.other_currency_payments,
                priority = alert.priority + excluded.priority,
                -- A more severe alert is due sooner, never later.
                due_at = case
                    when pipeline.severity_rank(excluded.severity)
                        > pipeline.severity_rank(alert.severity)
                        then least(alert.due_at, excluded.due_at)
                    else alert.due_at
                end,
                updated_at = now()
            where alert.currency = excluded.currency
        returning
            alert.alert_id,
            alert.customer_id,
            alert.rule_code,
            alert.status,
            alert.severity,
            alert.payment_count
    ),
    told as (
        select
            changed.alert_id,
            changed.customer_id,
            changed.rule_code,
            changed.status,
            changed.severity,
            gained.payments,
            gained.payments = changed.payment_count as is_new,
            changed.alert_id is null
                or (
                    gained.payments = changed.payment_count
                    and gained.currency <> gained.first_currency
                ) as is_outdated
        from gained
        left join changed
            on changed.customer_id = gained.customer_id
            and changed.rule_code = gained.rule_code
    ),
    held as (
        insert into risk.alert_payments (
            alert_id,
            payment_id,
            transaction_date,
            merchant_id,
            amount,
            currency,
            score,
            severity,
            is_flagged,
            expected_loss,
            joined_at
        )
        select
            changed.alert_id,
            alarming.payment_id,
            alarming.transaction_date,
            alarming.merchant_id,
            alarming.amount,
            alarming.currency,
            alarming.score,
            (array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[alarming.severity_rank],
            alarming.is_flagged,
            alarming.expected_loss,
            now()
        from alarming
        inner join changed
            on changed.customer_id = alarming.customer_id
            and changed.rule_code = alarming.rule_code
    ),
    audited as (
        insert into risk.alert_audit (alert_id, at, actor, step, from_status, to_status, note)
        select
            told.alert_id,
            now(),
            'system',
            case when told.is_new then 'raised' else 'joined' end,
            case when not told.is_new then told.status end,
            told.status,
            format(
                '%s payment%s, severity %s',
                told.payments,
                case when told.payments > 1 then 's' end,
                told.severity
            )
        from told
        where not told.is_outdated
        order by told.alert_id
    )
    select
        coalesce(array_agg(told.alert_id) filter (where told.is_new), '{}'),
        coalesce(array_agg(told.alert_id) filter (where not told.is_new), '{}'),
        count(*) filter (where told.is_outdated)
    into
        v_raised,
        v_joined,
        v_outdated
    from told;
    if v_outdated > 0 then
        raise exception '% alerts were closed while a batch was to join them', v_outdated
            using errcode = 'serialization_failure';
    end if;

    if v_joined <> '{}' then
        perform pipeline.write_alert_events(v_joined, 'joined');
    end if;
    if v_raised <> '{}' then
        perform pipeline.write_alert_events(v_raised, 'raised');
    end if;
    return cardinality(v_raised);
end;
$$;

comment on function pipeline.raise_alerts_of_batches(bigint[]) is
    'Raises alerts for the payments of batches from REVIEW upward or flagged, or lets them join the alert of their customer and rule that waits; returns how many are new.';
