-- Raises alerts about rules that a batch has found to hit more than their share: one a rule and UTC day.
-- Grain: one value, the alerts that are new. Reads: risk.rules, risk.rule_counts.
-- Called by: RaiseStage and the API's micro-batches, last in the transaction, where a rule began to be capped.
--
-- The alerts are touched only under the lock of the events, by everybody: so nobody waits for another's alert while he
-- holds what that one needs.
create function pipeline.raise_rule_alerts(
    p_rule_ids bigint[],
    p_now timestamptz
) returns bigint
language plpgsql
as $$
declare
    v_raised bigint[];
begin
    perform pipeline.order_events();
    with raised as (
        insert into risk.rule_alerts (
            rule_code,
            alerted_on,
            rule_version,
            severity,
            max_share,
            evaluated,
            hits,
            raised_at
        )
        select
            rule.rule_code,
            (p_now at time zone 'UTC')::date,
            rule.rule_version,
            rule.severity,
            rule.max_share,
            counted.evaluated,
            counted.hits,
            p_now
        from risk.rules as rule
        inner join pipeline.sum_rule_counts(date_trunc('hour', p_now, 'UTC') - interval '23 hours')
            as counted on counted.rule_id = rule.rule_id
        where rule.rule_id = any (p_rule_ids)
        order by rule.rule_code
        on conflict on constraint rule_alerts_day_key do nothing
        returning rule_alert_id
    )
    select coalesce(array_agg(raised.rule_alert_id), '{}')
    into v_raised
    from raised;
    perform pipeline.write_rule_events(v_raised, 'capped');
    return cardinality(v_raised);
end;
$$;

comment on function pipeline.raise_rule_alerts(bigint[], timestamptz) is
    'Raises an alert for each of these versions of rules that was stopped by its cap, unless its rule has one of that UTC day, and tells the feed; returns how many are new.';
