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
set jit = off
as $$
declare
    v_alarming bigint;
    v_raised bigint[];
    v_joined bigint[];
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
        -- Many deserve plans of their own. (Until the function ends: see its settings.)
        set local plan_cache_mode = force_custom_plan;
        set local enable_hashjoin = on;
        set local enable_mergejoin = on;
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

    -- First the alerts are there, empty or not, and ours until the end: what joins them is counted below.
    insert into risk.alerts as waiting (
        customer_id,
        rule_code,
        severity,
        payment_id,
        score,
        currency,
        opened_at,
        due_at,
        updated_at
    )
    select
        first.customer_id,
        first.rule_code,
        'LOW',
        first.payment_id,
        first.score,
        first.currency,
        now(),
        'infinity',
        now()
    from (
        select distinct on (alarming.customer_id, alarming.rule_code)
            alarming.customer_id,
            alarming.rule_code,
            alarming.payment_id,
            alarming.score,
            alarming.currency
        from pipeline.list_alarming_payments(p_batch_ids) as alarming
        order by
            alarming.customer_id,
            alarming.rule_code,
            alarming.transaction_date,
            alarming.payment_id
    ) as first
    order by
        first.customer_id,
        first.rule_code
    on conflict (customer_id, rule_code) where status in ('OPEN', 'IN_REVIEW')
        do update set updated_at = now();

    with alarming as materialized (
        select
            alert.alert_id,
            payment.payment_id,
            payment.transaction_date,
            payment.merchant_id,
            payment.amount,
            payment.currency,
            payment.score,
            payment.severity_rank,
            payment.is_flagged,
            payment.expected_loss,
            payment.currency = alert.currency as is_in_currency,
            round(payment.expected_loss / scale.typical_amount, 9) as priority
        from pipeline.list_alarming_payments(p_batch_ids) as payment
        inner join risk.alerts as alert
            on alert.customer_id = payment.customer_id
            and alert.rule_code = payment.rule_code
            and alert.status in ('OPEN', 'IN_REVIEW')
        inner join risk.currency_scales as scale on scale.currency = payment.currency
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
            alarming.alert_id,
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
    ),
    gained as (
        select
            alarming.alert_id,
            count(*) as payments,
            max(alarming.score) as score,
            max(alarming.severity_rank) as severity_rank,
            coalesce(sum(alarming.expected_loss) filter (where alarming.is_in_currency), 0)
                as expected_loss,
            count(*) filter (where not alarming.is_in_currency) as other_currency_payments,
            sum(alarming.priority) as priority
        from alarming
        group by alarming.alert_id
    ),
    changed as (
        update risk.alerts as alert
        set
            severity = level.severity,
            payment_count = alert.payment_count + gained.payments,
            score = greatest(alert.score, gained.score),
            expected_loss = alert.expected_loss + gained.expected_loss,
            other_currency_payments
                = alert.other_currency_payments + gained.other_currency_payments,
            priority = alert.priority + gained.priority,
            -- A more severe alert is due sooner, never later.
            due_at = case
                when level.severity = alert.severity and alert.due_at < 'infinity' then alert.due_at
                else least(alert.due_at, now() + level.review_within)
            end
        from gained
        cross join risk.review_times as level
        where alert.alert_id = gained.alert_id
            and pipeline.severity_rank(level.severity)
                = greatest(pipeline.severity_rank(alert.severity), gained.severity_rank)
        returning
            alert.alert_id,
            alert.status,
            alert.severity,
            gained.payments,
            gained.payments = alert.payment_count as is_new
    ),
    audited as (
        insert into risk.alert_audit (alert_id, at, actor, step, from_status, to_status, note)
        select
            changed.alert_id,
            now(),
            'system',
            case when changed.is_new then 'raised' else 'joined' end,
            case when not changed.is_new then changed.status end,
            changed.status,
            format(
                '%s payment%s, severity %s',
                changed.payments,
                case when changed.payments > 1 then 's' end,
                changed.severity
            )
        from changed
        order by changed.alert_id
    )
    select
        coalesce(array_agg(changed.alert_id) filter (where changed.is_new), '{}'),
        coalesce(array_agg(changed.alert_id) filter (where not changed.is_new), '{}')
    into
        v_raised,
        v_joined
    from changed;

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
