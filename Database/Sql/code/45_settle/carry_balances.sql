-- Gives reserves back whose time has come, lets open settlements take what merchants owe, and closes those with nothing to pay.
-- Grain: none. Reads: settlement.reserves, settlement.carries, settlements.
-- Called by: finish_settling, remove_generated; both hold lock_settlements.
--
-- A reserve of a settlement that is closed goes to the earliest PENDING one of merchant and currency whose period begins
-- on its day of release or later. A PENDING settlement whose expected date has come and whose net amount is not over 0 is
-- closed: COMPLETED on that date, and what is owed goes to the next PENDING one, or waits for one. That one may be
-- due too, and be left without anything to pay by what it takes, and so on: what is owed after the n-th settlement in a
-- row is the sum of the first n less the greatest such sum so far (or 0), so one statement sees all of them.
create function pipeline.carry_balances(
    p_as_of date
) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
    create temporary table temp_taking on commit drop as
    with released as (
        update settlement.reserves as reserve
        set
            released_in = placed.settlement_id,
            released_at = now()
        from (
            select
                held.settlement_id as held_in,
                next_open.settlement_id
            from settlement.reserves as held
            inner join public.settlements as holder on holder.settlement_id = held.settlement_id
            cross join lateral (
                select open.settlement_id
                from public.settlements as open
                where open.merchant_id = held.merchant_id
                    and open.currency = held.currency
                    and open.period_start >= held.release_from
                    and open.status = 'PENDING'
                order by open.period_start
                limit 1
            ) as next_open
            where held.released_in is null
                and holder.status <> 'PENDING'
        ) as placed
        where placed.held_in = reserve.settlement_id
        returning
            reserve.released_in as settlement_id,
            reserve.amount
    ),
    carried as (
        update settlement.carries as carry
        set
            carried_to = placed.settlement_id,
            carried_at = now()
        from (
            select
                waiting.settlement_id as carried_from,
                next_open.settlement_id
            from settlement.carries as waiting
            inner join public.settlements as origin
                on origin.settlement_id = waiting.settlement_id
            cross join lateral (
                select open.settlement_id
                from public.settlements as open
                where open.merchant_id = waiting.merchant_id
                    and open.currency = waiting.currency
                    and open.period_start > origin.period_start
                    and open.status = 'PENDING'
                order by open.period_start
                limit 1
            ) as next_open
            where waiting.carried_to is null
        ) as placed
        where placed.carried_from = carry.settlement_id
        returning
            carry.carried_to as settlement_id,
            carry.amount
    ),
    taken as (
        select
            released.settlement_id,
            released.amount as released,
            0 as carried
        from released
        union all
        select
            carried.settlement_id,
            0,
            carried.amount
        from carried
    )
    select
        taken.settlement_id,
        sum(taken.released) as released,
        sum(taken.carried) as carried
    from taken
    group by taken.settlement_id;
    update public.settlements as settlement
    set
        reserve_amount = settlement.reserve_amount + taking.released,
        carried_amount = settlement.carried_amount + taking.carried,
        adjustment_amount = settlement.adjustment_amount + taking.released + taking.carried,
        net_amount = settlement.net_amount + taking.released + taking.carried,
        updated_at = now()
    from temp_taking as taking
    where settlement.settlement_id = taking.settlement_id;
    drop table temp_taking;

    create temporary table temp_closing on commit drop as
    with owing as (
        select distinct
            open.merchant_id,
            open.currency
        from public.settlements as open
        where open.status = 'PENDING'
            and open.net_amount <= 0
            and open.expected_settlement_date <= p_as_of
            and open.period_end <= p_as_of
    ),
    listed as (
        select
            open.settlement_id,
            open.merchant_id,
            open.currency,
            open.period_start,
            open.expected_settlement_date,
            open.net_amount,
            open.is_due,
            count(*) filter (where not open.is_due) over (
                partition by
                    open.merchant_id,
                    open.currency
                order by open.period_start
            ) as waiting_before,
            lead(open.settlement_id) over (
                partition by
                    open.merchant_id,
                    open.currency
                order by open.period_start
            ) as next_id
        from owing
        inner join lateral (
            select
                pending.*,
                pending.expected_settlement_date <= p_as_of
                    and pending.period_end <= p_as_of as is_due
            from public.settlements as pending
            where pending.merchant_id = owing.merchant_id
                and pending.currency = owing.currency
                and pending.status = 'PENDING'
        ) as open
            on true
    ),
    summed as (
        select
            listed.*,
            sum(listed.net_amount) over in_row as balance
        from listed
        where listed.is_due
        window in_row as (
            partition by
                listed.merchant_id,
                listed.currency,
                listed.waiting_before
            order by listed.period_start
        )
    ),
    owed as (
        select
            summed.*,
            summed.balance - greatest(
                0,
                max(summed.balance) over (
                    partition by
                        summed.merchant_id,
                        summed.currency,
                        summed.waiting_before
                    order by summed.period_start
                )
            ) as carried_out
        from summed
    ),
    stepped as (
        select
            owed.*,
            lag(owed.carried_out, 1, 0::numeric) over (
                partition by
                    owed.merchant_id,
                    owed.currency,
                    owed.waiting_before
                order by owed.period_start
            ) as carried_in
        from owed
    )
    select
        stepped.settlement_id,
        stepped.merchant_id,
        stepped.currency,
        stepped.expected_settlement_date,
        stepped.next_id,
        stepped.carried_out,
        stepped.carried_in,
        stepped.net_amount + stepped.carried_in <= 0 as is_closed
    from stepped
    where stepped.carried_in < 0
        or stepped.net_amount + stepped.carried_in <= 0;

    insert into settlement.carries (
        settlement_id,
        merchant_id,
        currency,
        amount,
        carried_to,
        carried_at
    )
    select
        closing.settlement_id,
        closing.merchant_id,
        closing.currency,
        closing.carried_out,
        closing.next_id,
        case when closing.next_id is not null then now() end
    from temp_closing as closing
    where closing.is_closed
        and closing.carried_out < 0
    order by closing.settlement_id;

    -- What is carried out of the last one due goes to one that is not.
    with moved as (
        select
            closing.settlement_id,
            closing.carried_in - case when closing.is_closed then closing.carried_out else 0 end
                as amount,
            case when closing.is_closed then closing.expected_settlement_date end as closed_on
        from temp_closing as closing
        union all
        select
            closing.next_id,
            closing.carried_out,
            null
        from temp_closing as closing
        where closing.is_closed
            and closing.carried_out < 0
            and closing.next_id is not null
            and not exists (
                select
                from temp_closing as next
                where next.settlement_id = closing.next_id
            )
    )
    update public.settlements as settlement
    set
        carried_amount = settlement.carried_amount + moved.amount,
        adjustment_amount = settlement.adjustment_amount + moved.amount,
        net_amount = settlement.net_amount + moved.amount,
        status = case when moved.closed_on is null then settlement.status else 'COMPLETED' end,
        settlement_date = moved.closed_on,
        updated_at = now()
    from moved
    where settlement.settlement_id = moved.settlement_id;
    drop table temp_closing;
end;
$$;

comment on function pipeline.carry_balances(date) is
    'Releases reserves and carries what merchants owe into open settlements, and closes settlements that are due with nothing to pay.';
