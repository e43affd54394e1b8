-- Takes the well-formed merchants of a batch over: new ones are added, known ones changed.
-- Grain: one row. Reads: staging.merchants, public.merchants, ops.batches.
-- Called by: LoadStage, after validate_merchants.
--
-- Records count one after the other: one that changes nothing is a duplicate. A column that the file
-- does not have stays as it is.
create function pipeline.upsert_merchants(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
set work_mem = '64MB'
as $$
declare
    v_is_generated boolean;
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    select import.is_generated
    into v_is_generated
    from ops.batches as batch
    inner join ops.imports as import on import.import_id = batch.import_id
    where batch.batch_id = p_batch_id;

    create temporary table temp_merchant_change on commit drop as
    with merged as (
        select
            staged.record_number,
            staged.merchant_id,
            case
                when 'merchant_name' = any (staged.given)
                    then coalesce(staged.merchant_name, staged.merchant_id)
                else coalesce(known.merchant_name, staged.merchant_id)
            end as merchant_name,
            case
                when 'business_type' = any (staged.given) then staged.business_type
                else known.business_type
            end as business_type,
            case when 'country' = any (staged.given) then staged.country else known.country end
                as country,
            case
                when 'commission_rate' = any (staged.given)
                    then coalesce(staged.commission_rate, 0)
                else coalesce(known.commission_rate, 0)
            end as commission_rate,
            case
                when 'status' = any (staged.given) then coalesce(staged.status, 'ACTIVE')
                else coalesce(known.status, 'ACTIVE')
            end as status,
            case
                when 'active_from' = any (staged.given) then staged.active_from
                else known.active_from
            end as active_from,
            case
                when 'active_until' = any (staged.given) then staged.active_until
                else known.active_until
            end as active_until,
            case
                when 'settles_from' = any (staged.given) then staged.settles_from
                else known.settles_from
            end as settles_from,
            coalesce(staged.created_at, known.created_at, now()) as created_at,
            row(
                known.merchant_name,
                known.business_type,
                known.country,
                known.commission_rate,
                known.status,
                known.active_from,
                known.active_until,
                known.settles_from,
                known.created_at
            )::text as known_content,
            known.merchant_id is null as is_new
        from staging.merchants as staged
        left join public.merchants as known on known.merchant_id = staged.merchant_id
        where staged.batch_id = p_batch_id
            and staged.reasons is null
    ),
    content as (
        select
            merged.*,
            row(
                merged.merchant_name,
                merged.business_type,
                merged.country,
                merged.commission_rate::numeric(7, 4),
                merged.status,
                merged.active_from,
                merged.active_until,
                merged.settles_from,
                merged.created_at
            )::text as new_content
        from merged
    )
    select
        content.*,
        case
            when content.record_number = first_value(content.record_number) over of_merchant
                then content.is_new or content.new_content <> content.known_content
            else content.new_content <> lag(content.new_content) over of_merchant
        end as is_change,
        lead(content.record_number) over of_merchant is null as is_last
    from content
    window of_merchant as (
        partition by content.merchant_id
        order by content.record_number
    );

    -- Payments of days before today keep the rate that held then.
    insert into settlement.commission_rates (merchant_id, valid_until, commission_rate)
    select
        known.merchant_id,
        (now() at time zone 'UTC')::date,
        known.commission_rate
    from temp_merchant_change as change
    inner join public.merchants as known on known.merchant_id = change.merchant_id
    where change.is_last
        and known.commission_rate <> change.commission_rate::numeric(7, 4)
    on conflict on constraint commission_rates_pkey do nothing;

    insert into public.merchants as known (
        merchant_id,
        merchant_name,
        business_type,
        country,
        commission_rate,
        status,
        active_from,
        active_until,
        settles_from,
        created_at,
        is_generated
    )
    select
        change.merchant_id,
        change.merchant_name,
        change.business_type,
        change.country,
        change.commission_rate,
        change.status,
        change.active_from,
        change.active_until,
        change.settles_from,
        change.created_at,
        v_is_generated
    from temp_merchant_change as change
    where change.is_last
        and (change.is_new or change.new_content <> change.known_content)
    order by change.merchant_id
    on conflict on constraint merchants_pkey do update set
        merchant_name = excluded.merchant_name,
        business_type = excluded.business_type,
        country = excluded.country,
        commission_rate = excluded.commission_rate,
        status = excluded.status,
        active_from = excluded.active_from,
        active_until = excluded.active_until,
        settles_from = excluded.settles_from,
        created_at = excluded.created_at,
        updated_at = now();

    select
        count(*) filter (where change.is_change),
        count(*) filter (where not change.is_change)
    into
        accepted,
        duplicates
    from temp_merchant_change as change;
    drop table temp_merchant_change;
end;
$$;

comment on function pipeline.upsert_merchants(bigint) is
    'Adds or changes the well-formed merchants of a batch; returns how many records changed something and how many nothing.';
