-- Decides over a staged batch what the store must tell: references, duplicates and conflicts.
-- Grain: one row per record that is not new: a refused one has all of its reasons, in order; one that is known (a duplicate, or a
-- move of an update) has none.
-- Reads: staging.payments, public.customers, public.merchants, public.payment_keys, ops.imports.
-- Called by: ValidateStage, first of the calls of a batch's transaction; receive_payments.
--
-- Claims the keys of all others, which are new. Claimed keys keep a concurrent batch with the same ids waiting until this one ends,
-- so that there is no race; both claim in key order, so that there is no deadlock either. A record whose id the store, or an earlier
-- record of the batch, has already gets a verdict in staging.payment_verdicts.
-- The lock `parties`, shared, keeps customers in their countries until the batch is counted (30_load). An update has
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
as $$
declare
    v_is_update boolean := false;
    v_staged bigint;
    v_claimed bigint;
    v_unclaimed bigint[] := '{}';
    v_known bigint := 0;
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
        perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    else
        perform pg_advisory_xact_lock_shared(pipeline.lock_key('parties'));
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
        ) then
            execute format('truncate staging.payment_verdicts_lane_%s', p_lane);
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

    -- A file's ids are new as a rule. Claiming them takes two thirds of the time without asking at every one whether it is; where one is
    -- not, it is met on the way, and all are claimed in the careful way.
    if p_lane <= 8 then
        begin
            insert into public.payment_keys (payment_id, transaction_date, content_hash)
            select
                staged.payment_id,
                staged.transaction_date,
                staged.content_hash
            from pipeline.list_well_formed(p_batch_id, p_lane) as staged
            order by staged.payment_id;
            get diagnostics v_claimed = row_count;
        exception
            when unique_violation then
                v_claimed := null;
        end;
    end if;

    if v_claimed is null then
        with well_formed as materialized (
            select
                staged.payment_id,
                staged.record_number,
                staged.transaction_date,
                staged.content_hash
            from pipeline.list_well_formed(p_batch_id, p_lane) as staged
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
        ),
        new_record as materialized (
            select candidate.record_number
            from first_of_its_id as candidate
            inner join claimed on claimed.payment_id = candidate.payment_id
        )
        select
            (
                select count(*)
                from new_record
            ),
            array(
                select well_formed.record_number
                from well_formed
                where not exists (
                    select
                    from new_record
                    where new_record.record_number = well_formed.record_number
                )
            )
        into
            v_claimed,
            v_unclaimed;
    end if;

    if v_staged = v_claimed then
        return;
    end if;

    if v_unclaimed <> '{}' then
        if v_is_update then
            perform pipeline.judge_moves(p_batch_id, p_lane, v_unclaimed);
        else
            insert into staging.payment_verdicts (lane, record_number, verdict)
            select
                p_lane,
                staged.record_number,
                case
                    when known.content_hash = staged.content_hash then 'duplicate'
                    else 'refused'
                end
            from unnest(v_unclaimed) as unclaimed (record_number)
            inner join staging.payments as staged
                on staged.record_number = unclaimed.record_number
            inner join public.payment_keys as known on known.payment_id = staged.payment_id
            where staged.lane = p_lane
                and staged.batch_id = p_batch_id;
        end if;
        if not pipeline.keeps_plans() then
            perform pipeline.sample_lane('payment_verdicts', p_lane);
        end if;
        return query
            select
                verdict.record_number,
                staged.line_number,
                null::text[]
            from staging.payment_verdicts as verdict
            inner join staging.payments as staged on staged.record_number = verdict.record_number
            where verdict.lane = p_lane
                and verdict.verdict <> 'refused'
                and staged.lane = p_lane
                and staged.batch_id = p_batch_id;
        get diagnostics v_known = row_count;
    end if;
    if v_staged = v_claimed + v_known then
        return;
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
        left join staging.payment_verdicts as verdict
            on verdict.lane = p_lane
            and verdict.record_number = staged.record_number
        where staged.lane = p_lane
            and staged.batch_id = p_batch_id
            and (
                staged.reasons is not null
                or customer.customer_id is null
                or merchant.merchant_id is null
                or verdict.verdict = 'refused'
            )
    )
    select
        refused.record_number,
        refused.line_number,
        case
            -- Well-formed and its references known, yet neither new nor what is known.
            when refused.found = '{}' then array['payment_id.conflict']
            else pipeline.order_reasons(refused.found, p_header)
        end
    from refused
    order by refused.record_number;
end;
$$;

comment on function pipeline.validate_payments(bigint, smallint, text[], boolean) is
    'Records of a staged batch that are not new: refused ones with all their reasons (row reasons first, then in header order), known ones with none; claims the keys of the others.';
