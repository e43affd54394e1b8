-- What keeps a month from being archived; nothing when it may go.
-- Grain: one obstacle, in words. Reads: payments, payment_keys, refunds, disputes, settlements with their links and
-- adjustments, merchants.
-- Called by: ArchiveStage, POST /api/archives.
--
-- COMPLETED and FAILED settlements are closed: they never change, so their payments are needed no more.
create function pipeline.find_archive_obstacles(
    p_month date,
    p_today date,
    p_force boolean
) returns table (obstacle text)
language plpgsql
stable
set plan_cache_mode = force_custom_plan
as $$
declare
    v_from timestamptz := pipeline.day_start(p_month);
    v_until timestamptz := pipeline.day_start((p_month + interval '1 month')::date);
begin
    if p_today < p_month + interval '1 month' then
        return query select 'the month is not over';
        return;
    end if;
    if not exists (
        select
        from public.payments as payment
        where payment.transaction_date >= v_from
            and payment.transaction_date < v_until
    ) then
        return query select 'the store holds no payments of it';
        return;
    end if;

    return query
    select format(
        'PENDING payments: %s, for example %s (force=true archives them all the same)',
        count(*),
        min(payment.payment_id)
    )
    from public.payments as payment
    where payment.transaction_date >= v_from
        and payment.transaction_date < v_until
        and payment.payment_status = 'PENDING'
        and not p_force
    having count(*) > 0;

    return query
    select format(
        'open %ss: %s, for example %s (force=true archives their payments all the same)',
        claim.kind,
        count(*),
        min(claim.claim_id)
    )
    from pipeline.list_claims() as claim
    inner join public.payment_keys as known on known.payment_id = claim.payment_id collate "C"
    where claim.claim_status in (
        'pending', 'requires_action', 'needs_response', 'under_review', 'warning_needs_response',
        'warning_under_review'
    )
        and known.transaction_date >= v_from
        and known.transaction_date < v_until
        and not p_force
    group by claim.kind
    order by claim.kind desc;

    return query
    select format(
        'PENDING settlements: %s, for example %s', count(*), min(settlement.settlement_id)
    )
    from public.settlements as settlement
    where settlement.status = 'PENDING'
        and exists (
            select
            from public.settlement_payments as link
            where link.settlement_id = settlement.settlement_id
                and link.transaction_date >= v_from
                and link.transaction_date < v_until
        )
    having count(*) > 0;

    return query
    select format(
        'adjustments that no settlement carries yet: %s, for example of payment %s',
        count(*),
        min(adjustment.payment_id)
    )
    from public.settlement_adjustments as adjustment
    inner join public.payment_keys as known on known.payment_id = adjustment.payment_id
    where adjustment.settlement_id is null
        and known.transaction_date >= v_from
        and known.transaction_date < v_until
    having count(*) > 0;

    return query
    select format(
        'SUCCESS payments that are not settled yet: %s, for example %s',
        count(*),
        min(payment.payment_id)
    )
    from public.merchants as merchant
    inner join public.payments as payment on payment.merchant_id = merchant.merchant_id
    where merchant.settles_from is not null
        and payment.transaction_date >= v_from
        and payment.transaction_date < v_until
        and payment.transaction_date >= pipeline.day_start(merchant.settles_from)
        and payment.payment_status = 'SUCCESS'
        and not exists (
            select
            from public.settlement_payments as link
            where link.payment_id = payment.payment_id
        )
    having count(*) > 0;
end;
$$;

comment on function pipeline.find_archive_obstacles(date, date, boolean) is
    'Why a month cannot be archived: not over, empty, PENDING payments or open refunds and disputes (unless forced), open settlements, waiting adjustments, unsettled payments.';
