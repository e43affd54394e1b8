-- Takes the difference between a payout and the settlements that it names apart: sales, fees, refunds, reserve and the rest of its
-- lines against the parts of the settlements. The parts' differences add up to the whole; without lines it stays whole.
-- Grain: none. Reads: temp_kept_group, temp_pool (keep_groups), reconciliation.processor_lines, settlements. Called by: keep_groups.
create function pipeline.compare_payouts() returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    insert into staging.found_differences
    with compared as (
        select
            kept.*,
            (
                select min(item.item_key)
                from temp_pool as item
                where item.pool_id = any (kept.expected_ids)
            ) as expected_key,
            (
                select min(item.item_key)
                from temp_pool as item
                where item.pool_id = any (kept.actual_ids)
            ) as actual_key
        from temp_kept_group as kept
        where not kept.is_match
            and kept.method = 'reference'
    ),
    reported as (
        select
            compared.group_id,
            coalesce(sum(line.gross) filter (where line.category = 'payment'), 0) as sales,
            coalesce(sum(line.gross) filter (where line.category = 'fee'), 0)
                - coalesce(sum(line.fee), 0) as fee,
            coalesce(
                sum(line.gross) filter (
                    where line.category in (
                        'refund', 'refund_failed', 'chargeback', 'chargeback_reversed'
                    )
                ),
                0
            ) as refund,
            coalesce(sum(line.gross) filter (where line.category = 'reserve'), 0) as reserve,
            coalesce(sum(line.net), 0) as net
        from compared
        inner join temp_pool as payout
            on payout.pool_id = any (compared.actual_ids)
        inner join reconciliation.processor_lines as line
            on line.processor = payout.processor
                and payout.item_key = line.processor || ':' || line.payout_key
        where line.category not in ('payout', 'payout_failed')
            and line.currency = compared.currency
        group by compared.group_id
    ),
    settled as (
        select
            compared.group_id,
            min(settlement.currency) as currency,
            sum(settlement.total_amount) as sales,
            - sum(settlement.commission_amount) as fee,
            sum(
                settlement.adjustment_amount - settlement.reserve_amount - settlement.carried_amount
            ) as refund,
            sum(settlement.reserve_amount) as reserve,
            sum(settlement.carried_amount) as carried
        from compared
        inner join temp_pool as item
            on item.pool_id = any (compared.expected_ids)
        inner join public.settlements as settlement
            on settlement.settlement_id = item.item_key
        group by compared.group_id
    )
    select
        'payout',
        part.aspect,
        part.class,
        compared.processor,
        compared.account,
        compared.merchant_id,
        'settlement',
        compared.expected_key,
        'payout',
        compared.actual_key,
        compared.currency,
        part.expected_amount,
        part.actual_amount,
        compared.day
    from compared
    inner join settled
        on settled.group_id = compared.group_id
    left join reported
        on reported.group_id = compared.group_id
            and reported.net = compared.actual_amount
    cross join lateral (
        select
            'fx' as aspect,
            'fx' as class,
            0::numeric as expected_amount,
            compared.actual_amount as actual_amount
        where settled.currency <> compared.currency
        union all
        select
            'amount',
            'unknown',
            compared.expected_amount,
            compared.actual_amount
        where settled.currency = compared.currency
            and reported.group_id is null
        union all
        select
            part.aspect,
            part.class,
            part.expected_amount,
            part.actual_amount
        from (
            values
                ('fee', 'fee', settled.fee, reported.fee),
                ('refund', 'refund', settled.refund, reported.refund),
                ('reserve', 'reserve', settled.reserve, reported.reserve),
                (
                    'amount',
                    'unknown',
                    compared.expected_amount - settled.fee - settled.refund - settled.reserve,
                    compared.actual_amount - reported.fee - reported.refund - reported.reserve
                )
        ) as part (aspect, class, expected_amount, actual_amount)
        where settled.currency = compared.currency
            and reported.group_id is not null
            and part.expected_amount <> part.actual_amount
    ) as part;
end;
$$;

comment on function pipeline.compare_payouts() is
    'Finds why payouts differ from the settlements that they name, part by part.';
