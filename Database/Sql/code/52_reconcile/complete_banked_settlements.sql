-- Completes the settlements whose money is at the bank, with the value date; never twice. Where a settlement has changed since it
-- was matched, what it is more or less is a difference.
-- Grain: one value, the settlements completed. Reads: list_banked_settlements, settlements. Called by: ReconcileStage.
create function pipeline.complete_banked_settlements(
    p_run_id bigint,
    p_now timestamptz
) returns bigint
language plpgsql
set plan_cache_mode = force_custom_plan
set work_mem = '64MB'
set jit = off
as $$
declare
    v_completed bigint;
begin
    perform pipeline.lock_reconciliation();
    create temporary table temp_banked as
    select
        paid.settlement_id,
        paid.paid_on,
        paid.matched_amount
    from pipeline.list_banked_settlements() as paid;
    select count(*)
    into v_completed
    from temp_banked as banked;

    if v_completed > 0 then
        perform pipeline.complete_settlements(
            (select array_agg(banked.settlement_id::text order by banked.settlement_id) from temp_banked as banked),
            (select array_agg(banked.paid_on order by banked.settlement_id) from temp_banked as banked)
        );

        insert into staging.found_differences
        select
            item.level,
            'amount',
            'timing',
            match.processor,
            match.account,
            settlement.merchant_id,
            'settlement',
            settlement.settlement_id,
            '',
            '',
            settlement.currency,
            settlement.net_amount,
            banked.matched_amount,
            banked.paid_on
        from temp_banked as banked
        inner join public.settlements as settlement
            on settlement.settlement_id = banked.settlement_id
        inner join reconciliation.match_group_items as item
            on item.item_key = settlement.settlement_id
                and item.item_kind = 'settlement'
                and item.level in ('payout', 'bank')
                and item.is_standing
        inner join reconciliation.match_groups as match
            on match.match_id = item.match_id
        where settlement.net_amount <> banked.matched_amount;
        perform pipeline.keep_differences(p_run_id, p_now);

        perform pipeline.add_figures(
            array_agg(
                row(
                    p_run_id,
                    'bank',
                    'completed',
                    '',
                    figure.currency,
                    figure.item_count,
                    figure.expected_amount,
                    figure.actual_amount
                )::reconciliation.run_figures
            )
        )
        from (
            select
                settlement.currency,
                count(*) as item_count,
                sum(settlement.net_amount) as expected_amount,
                sum(banked.matched_amount) as actual_amount
            from temp_banked as banked
            inner join public.settlements as settlement
                on settlement.settlement_id = banked.settlement_id
            where settlement.status = 'COMPLETED'
            group by settlement.currency
        ) as figure;
    end if;
    drop table temp_banked;
    return v_completed;
end;
$$;

comment on function pipeline.complete_banked_settlements(bigint, timestamptz) is
    'Completes what the bank says is paid; returns how many settlements.';
