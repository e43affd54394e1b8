-- Removes the sample data that the generator marked, and everything that followed from it.
-- Grain: one row of counts. Reads: public, ops and risk tables.
-- Called by: the migrator's remove-generated, the worker's run of that kind, simulate_missing_day.
--
-- Of one UTC day only its payments go, and what followed from them; customers and merchants stay.
-- Settlements that held generated payments only go; one that also holds real ones is recomputed from
-- those, whatever its status: the sample part of it was never paid. What a settlement that goes has carried of real
-- payments waits for another one. Generated customers and merchants
-- stay while anything real refers to them. Batches, imports and runs stay: they tell what happened.
-- Archived payments are out of reach: a month that holds generated ones is to be restored first.
create function pipeline.remove_generated(
    p_day date default null,
    out payments bigint,
    out settlements bigint,
    out customers bigint,
    out merchants bigint
)
language plpgsql
set work_mem = '64MB'
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    perform pipeline.lock_settlements();
    if exists (
        select
        from ops.archived_months as archive
        where archive.status = 'archived'
            and archive.generated_count > 0
            and archive.payment_month
                = coalesce(date_trunc('month', p_day)::date, archive.payment_month)
    ) then
        raise exception 'generated payments are archived: %', (
            select string_agg(to_char(archive.payment_month, 'YYYY-MM'), ', ' order by archive.payment_month)
            from ops.archived_months as archive
            where archive.status = 'archived'
                and archive.generated_count > 0
                and archive.payment_month
                    = coalesce(date_trunc('month', p_day)::date, archive.payment_month)
        )
            using errcode = 'object_not_in_prerequisite_state',
                hint = 'Restore these months first: POST /api/archives/{month}/restore.';
    end if;
    truncate staging.changed_payments;

    with removed as (
        delete from public.payments as payment
        where payment.is_generated
            and payment.transaction_date
                >= coalesce(pipeline.day_start(p_day), '-infinity'::timestamptz)
            and payment.transaction_date
                < coalesce(pipeline.day_start(p_day + 1), 'infinity'::timestamptz)
        returning payment.*
    )
    insert into staging.changed_payments (
        payment_date,
        payment_id,
        customer_id,
        customer_country,
        merchant_id,
        amount,
        currency,
        payment_method,
        payment_status,
        transaction_date,
        processing_time_seconds,
        risk_score,
        is_suspicious
    )
    select
        (removed.transaction_date at time zone 'UTC')::date,
        removed.payment_id,
        removed.customer_id,
        coalesce(customer.country, ''),
        removed.merchant_id,
        removed.amount,
        removed.currency,
        removed.payment_method,
        removed.payment_status,
        removed.transaction_date,
        removed.processing_time_seconds,
        removed.risk_score,
        removed.is_suspicious
    from removed
    left join public.customers as customer on customer.customer_id = removed.customer_id;
    get diagnostics payments = row_count;

    delete from public.payment_keys as known
    using staging.changed_payments as removed
    where removed.payment_id = known.payment_id;

    delete from risk.labels as label
    using staging.changed_payments as removed
    where removed.payment_id = label.payment_id;

    delete from risk.assessments as assessed
    using staging.changed_payments as removed
    where removed.payment_id = assessed.payment_id;

    perform pipeline.forget_alert_payments();

    delete from ops.payment_history as history
    using staging.changed_payments as removed
    where removed.payment_id = history.payment_id;

    with gone as (
        delete from public.refunds as refund
        using staging.changed_payments as removed
        where removed.payment_id = refund.payment_id
        returning refund.refund_id
    )
    delete from ops.claim_history as history
    using gone
    where history.kind = 'refund'
        and history.claim_id = gone.refund_id;

    with gone as (
        delete from public.disputes as dispute
        using staging.changed_payments as removed
        where removed.payment_id = dispute.payment_id
        returning dispute.dispute_id
    )
    delete from ops.claim_history as history
    using gone
    where history.kind = 'dispute'
        and history.claim_id = gone.dispute_id;

    perform pipeline.recount_changed(-1);

    delete from public.settlement_adjustments as adjustment
    using staging.changed_payments as removed
    where removed.payment_id = adjustment.payment_id;

    create temporary table temp_touched_settlement on commit drop as
    with unlinked as (
        delete from public.settlement_payments as link
        using staging.changed_payments as removed
        where removed.payment_id = link.payment_id
        returning link.settlement_id
    )
    select unlinked.settlement_id
    from unlinked
    union
    select settlement.settlement_id
    from public.settlements as settlement
    where settlement.is_generated
        and p_day is null;

    delete from public.settlements as settlement
    using temp_touched_settlement as touched
    where settlement.settlement_id = touched.settlement_id
        and not exists (
            select
            from public.settlement_payments as link
            where link.settlement_id = settlement.settlement_id
        );
    get diagnostics settlements = row_count;

    -- What went with a settlement is held, released and carried by none: what it had taken waits for another one.
    delete from settlement.reserves as reserve
    where not exists (
        select
        from public.settlements as settlement
        where settlement.settlement_id = reserve.settlement_id
    );
    update settlement.reserves as reserve
    set
        released_in = null,
        released_at = null
    where reserve.released_in is not null
        and not exists (
            select
            from public.settlements as settlement
            where settlement.settlement_id = reserve.released_in
        );
    delete from settlement.carries as carry
    where not exists (
        select
        from public.settlements as settlement
        where settlement.settlement_id = carry.settlement_id
    );
    update settlement.carries as carry
    set
        carried_to = null,
        carried_at = null
    where carry.carried_to is not null
        and not exists (
            select
            from public.settlements as settlement
            where settlement.settlement_id = carry.carried_to
        );
    update public.settlement_adjustments as adjustment
    set
        settlement_id = null,
        carried_at = null
    where adjustment.settlement_id is not null
        and not exists (
            select
            from public.settlements as settlement
            where settlement.settlement_id = adjustment.settlement_id
        );
    -- Those that held generated payments, and those that had taken something from what is gone.
    perform pipeline.refresh_settlements(
        array(
            select touched.settlement_id
            from temp_touched_settlement as touched
            union
            select settlement.settlement_id
            from public.settlements as settlement
            where settlement.adjustment_amount <> 0
                or settlement.reserve_amount <> 0
                or settlement.carried_amount <> 0
        )
    );
    perform pipeline.hold_reserves(
        array(
            select touched.settlement_id
            from temp_touched_settlement as touched
        )
    );
    drop table temp_touched_settlement;
    perform pipeline.carry_adjustments();

    delete from public.customers as customer
    where customer.is_generated
        and p_day is null
        and not exists (
            select
            from rollup.customer_totals as counted
            where counted.customer_id = customer.customer_id
        );
    get diagnostics customers = row_count;

    delete from public.merchants as merchant
    where merchant.is_generated
        and p_day is null
        and not exists (
            select
            from rollup.merchant_totals as counted
            where counted.merchant_id = merchant.merchant_id
        )
        and not exists (
            select
            from public.settlements as settlement
            where settlement.merchant_id = merchant.merchant_id
        );
    get diagnostics merchants = row_count;

    delete from settlement.terms as terms
    where not exists (
        select
        from public.merchants as merchant
        where merchant.merchant_id = terms.merchant_id
    );
    delete from settlement.fees as fee
    where not exists (
        select
        from public.merchants as merchant
        where merchant.merchant_id = fee.merchant_id
    );
    delete from settlement.commission_rates as former
    where not exists (
        select
        from public.merchants as merchant
        where merchant.merchant_id = former.merchant_id
    );
end;
$$;

comment on function pipeline.remove_generated(date) is
    'Removes generated payments (of one UTC day, or null for all) with their keys, labels, assessments, alerts, history, refunds, disputes, rollups and settlements; with all of them also generated customers and merchants that nothing refers to.';
