-- Decides over a staged batch what the store must tell: references, duplicates and conflicts.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.payments, public.customers, public.merchants, public.payment_keys, ops.imports.
-- Called by: ValidateStage, first of the three calls of a batch's transaction.
--
-- Writes the verdict of every other record to staging.payment_verdicts and claims the keys of the
-- accepted ones. Claimed keys keep a concurrent batch with the same ids waiting until this one ends,
-- so that there is no race; both claim in key order, so that there is no deadlock either.
-- The shared lock 7403 keeps customers in their countries until the batch is counted (30_load). An update has
-- it alone: it changes payments that others' rollups and settlements rest on (judge_moves says how).
-- How its plans are made is the session's business (Lane, AcceptConnections): custom ones for large batches, which touch the own
-- lane only; generic ones, which lock every lane, for the few payments of a call, that take less time than a plan.
create function pipeline.validate_payments(
    p_batch_id bigint,
    p_lane smallint,
    p_header text[],
    p_create_references boolean
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[]
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
declare
    v_is_update boolean := false;
    v_staged bigint;
    v_accepted bigint;
    v_known bigint;
begin
    -- The API's lanes (9 and more) take no updates.
    if p_lane <= 8 then
        select import.mode = 'update'
        into v_is_update
        from ops.batches as batch
        inner join ops.imports as import on import.import_id = batch.import_id
        where batch.batch_id = p_batch_id;
    end if;
    if v_is_update then
        perform pg_advisory_xact_lock(7403);
    else
        perform pg_advisory_xact_lock_shared(7403);
    end if;
    -- A lane of the API is fresh (open_payments).
    if p_lane <= 8 then
        update ops.batches as batch
        set lane = p_lane
        where batch.batch_id = p_batch_id;
        -- BatchReader has emptied it too; truncating here would keep others from planning over all lanes until this
        -- transaction ends.
        if exists (
                select
                from staging.payment_verdicts as old
                where old.lane = p_lane
            )
            or exists (
                select
                from staging.scored_payments as old
                where old.lane = p_lane
            ) then
            execute format(
                'truncate staging.payment_verdicts_lane_%1$s, staging.scored_payments_lane_%1$s',
                p_lane
            );
        end if;
    end if;

    if not pipeline.keeps_plans() then
        perform pipeline.sample_lane('payments', p_lane);
    end if;
    select count(*)
    into v_staged
    from staging.payments as staged
    where staged.lane = p_lane
        and staged.batch_id = p_batch_id;

    if p_create_references then
        insert into public.customers (customer_id, customer_name)
        select distinct
            staged.customer_id as customer_id,
            staged.customer_id as customer_name
        from staging.payments as staged
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and staged.reasons is null
            and not exists (
                select
                from public.customers as known
                where known.customer_id = staged.customer_id
            )
        order by customer_id
        on conflict do nothing;

        insert into public.merchants (merchant_id, merchant_name)
        select distinct
            staged.merchant_id as merchant_id,
            staged.merchant_id as merchant_name
        from staging.payments as staged
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and staged.reasons is null
            and not exists (
                select
                from public.merchants as known
                where known.merchant_id = staged.merchant_id
            )
        order by merchant_id
        on conflict do nothing;
    end if;

    with well_formed as (
        select
            staged.payment_id,
            staged.record_number,
            staged.transaction_date,
            staged.content_hash
        from staging.payments as staged
        inner join public.customers as customer on customer.customer_id = staged.customer_id
        inner join public.merchants as merchant on merchant.merchant_id = staged.merchant_id
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and staged.reasons is null
    ),
    first_of_its_id as materialized (
        select distinct on (well_formed.payment_id)
            well_formed.payment_id,
            well_formed.record_number,
            well_formed.transaction_date,
            well_formed.content_hash
        from well_formed
        order by
            well_formed.payment_id,
            well_formed.record_number
    ),
    claimed as (
        insert into public.payment_keys (payment_id, transaction_date, content_hash)
        select
            candidate.payment_id,
            candidate.transaction_date,
            candidate.content_hash
        from first_of_its_id as candidate
        order by candidate.payment_id
        on conflict do nothing
        returning payment_id
    )
    insert into staging.payment_verdicts (lane, record_number, is_duplicate)
    select
        p_lane,
        candidate.record_number,
        false
    from first_of_its_id as candidate
    inner join claimed on claimed.payment_id = candidate.payment_id;
    get diagnostics v_accepted = row_count;
    if not pipeline.keeps_plans() then
        perform pipeline.sample_lane('payment_verdicts', p_lane);
    end if;

    if v_staged = v_accepted then
        return;
    end if;

    if v_is_update then
        v_known := pipeline.judge_moves(p_batch_id, p_lane);
    else
        -- Both sides are fixed before the first row is written (a scan of the table would wade through what
        -- this very statement inserts), and hashes are compared apart from the join, whose size is then
        -- guessed right.
        with known as materialized (
            select
                staged.record_number,
                key.content_hash = staged.content_hash as is_same
            from staging.payments as staged
            inner join public.customers as customer on customer.customer_id = staged.customer_id
            inner join public.merchants as merchant on merchant.merchant_id = staged.merchant_id
            inner join public.payment_keys as key on key.payment_id = staged.payment_id
            where staged.lane = p_lane
                and staged.batch_id = p_batch_id
                and staged.reasons is null
        ),
        accepted as materialized (
            select verdict.record_number
            from staging.payment_verdicts as verdict
            where verdict.lane = p_lane
        )
        insert into staging.payment_verdicts (lane, record_number, is_duplicate)
        select
            p_lane,
            known.record_number,
            true
        from known
        where known.is_same
            and not exists (
                select
                from accepted
                where accepted.record_number = known.record_number
            );
        get diagnostics v_known = row_count;
    end if;
    if v_staged = v_accepted + v_known then
        return;
    end if;
    if not pipeline.keeps_plans() then
        perform pipeline.sample_lane('payment_verdicts', p_lane);
    end if;

    return query
    with refused as (
        select
            staged.record_number,
            staged.line_number,
            coalesce(staged.reasons, '{}')
                || case
                    when customer.customer_id is null
                        and staged.customer_id <> ''
                        and not p_create_references
                        then array['customer_id.unknown']
                    else '{}'
                end
                || case
                    when merchant.merchant_id is null
                        and staged.merchant_id <> ''
                        and not p_create_references
                        then array['merchant_id.unknown']
                    else '{}'
                end as found
        from staging.payments as staged
        left join public.customers as customer on customer.customer_id = staged.customer_id
        left join public.merchants as merchant on merchant.merchant_id = staged.merchant_id
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and not exists (
                select
                from staging.payment_verdicts as verdict
                where verdict.lane = p_lane
                    and verdict.record_number = staged.record_number
            )
            and not exists (
                select
                from staging.payment_moves as move
                where move.batch_id = p_batch_id
                    and move.record_number = staged.record_number
            )
    )
    select
        refused.record_number,
        refused.line_number,
        case
            -- Well-formed and its references known, yet neither accepted nor a duplicate.
            when refused.found = '{}' then array['payment_id.conflict']
            else pipeline.order_reasons(refused.found, p_header)
        end
    from refused
    order by refused.record_number;
end;
$$;

comment on function pipeline.validate_payments(bigint, smallint, text[], boolean) is
    'Refused records of a staged batch with all their reasons (row reasons first, then in header order); records the verdict of the others and claims their keys.';
