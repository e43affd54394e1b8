-- Takes payments that have just been removed out of their alerts and out of the feed; alerts without any payment go.
-- Grain: none. Reads: staging.changed_payments, risk.alert_payments, currency_scales.
-- Called by: remove_generated.
create function pipeline.forget_alert_payments() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    v_alert_ids bigint[];
begin
    delete from risk.events as event
    using staging.changed_payments as removed
    where removed.payment_id = event.payment_id;

    with gone as (
        delete from risk.alert_payments as held
        using staging.changed_payments as removed
        where removed.payment_id = held.payment_id
        returning held.alert_id
    )
    select array_agg(distinct gone.alert_id)
    into v_alert_ids
    from gone;

    with emptied as (
        delete from risk.alerts as alert
        where alert.alert_id = any (v_alert_ids)
            and not exists (
                select
                from risk.alert_payments as held
                where held.alert_id = alert.alert_id
            )
        returning alert.alert_id
    ),
    audited as (
        delete from risk.alert_audit as step
        using emptied
        where step.alert_id = emptied.alert_id
    )
    delete from risk.events as event
    using emptied
    where event.alert_id = emptied.alert_id;

    update risk.alerts as alert
    set
        payment_id = kept.payment_ids[1],
        payment_count = cardinality(kept.payment_ids),
        score = kept.score,
        currency = kept.currency,
        expected_loss = kept.expected_loss,
        other_currency_payments = kept.other_currency_payments,
        priority = case
            when alert.status in ('OPEN', 'IN_REVIEW') then kept.priority
            else 0
        end
    from (
        select
            ranked.alert_id,
            array_agg(
                ranked.payment_id
                order by
                    ranked.joined_at,
                    ranked.transaction_date,
                    ranked.payment_id
            ) as payment_ids,
            min(ranked.first_currency) as currency,
            max(ranked.score) as score,
            coalesce(
                sum(ranked.expected_loss) filter (where ranked.currency = ranked.first_currency), 0
            ) as expected_loss,
            count(*) filter (where ranked.currency <> ranked.first_currency)
                as other_currency_payments,
            sum(round(ranked.expected_loss / scale.typical_amount, 9)) as priority
        from (
            select
                held.*,
                first_value(held.currency) over (
                    partition by held.alert_id
                    order by
                        held.joined_at,
                        held.transaction_date,
                        held.payment_id
                ) as first_currency
            from risk.alert_payments as held
            where held.alert_id = any (v_alert_ids)
        ) as ranked
        inner join risk.currency_scales as scale on scale.currency = ranked.currency
        group by ranked.alert_id
    ) as kept
    where alert.alert_id = kept.alert_id;
end;
$$;

comment on function pipeline.forget_alert_payments() is
    'Takes the payments of staging.changed_payments, which have been removed, out of alerts and events; alerts that lose all go with notes and audit.';
