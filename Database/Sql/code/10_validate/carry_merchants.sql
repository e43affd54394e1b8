-- Lets each record of a merchant say what the records before it in the batch said and it does not: objects of JSON
-- have only some of the columns, each its own.
-- Grain: one row is one staged merchant. Reads: staging.merchants. Called by: validate_merchants, first.
create function pipeline.carry_merchants(
    p_batch_id bigint
) returns void
language plpgsql
as $$
begin
    if (
        select count(distinct staged.given) <= 1
        from staging.merchants as staged
        where staged.batch_id = p_batch_id
    ) then
        return;
    end if;

    with said as (
        select
            staged.record_number,
            max(staged.record_number) filter (where 'merchant_name' = any (staged.given))
                over so_far as merchant_name_at,
            max(staged.record_number) filter (where 'business_type' = any (staged.given))
                over so_far as business_type_at,
            max(staged.record_number) filter (where 'country' = any (staged.given))
                over so_far as country_at,
            max(staged.record_number) filter (where 'commission_rate' = any (staged.given))
                over so_far as commission_rate_at,
            max(staged.record_number) filter (where 'status' = any (staged.given))
                over so_far as status_at,
            max(staged.record_number) filter (where 'created_at' = any (staged.given))
                over so_far as created_at_at,
            max(staged.record_number) filter (where 'active_from' = any (staged.given))
                over so_far as active_from_at,
            max(staged.record_number) filter (where 'active_until' = any (staged.given))
                over so_far as active_until_at,
            max(staged.record_number) filter (where 'settles_from' = any (staged.given))
                over so_far as settles_from_at
        from staging.merchants as staged
        where staged.batch_id = p_batch_id
            and staged.reasons is null
        window so_far as (
            partition by staged.merchant_id
            order by staged.record_number
        )
    ),
    known as materialized (
        select staged.*
        from staging.merchants as staged
        where staged.batch_id = p_batch_id
    )
    update staging.merchants as staged
    set
        merchant_name = of_merchant_name.merchant_name,
        business_type = of_business_type.business_type,
        country = of_country.country,
        commission_rate = of_commission_rate.commission_rate,
        status = of_status.status,
        created_at = of_created_at.created_at,
        active_from = of_active_from.active_from,
        active_until = of_active_until.active_until,
        settles_from = of_settles_from.settles_from,
        given = array_remove(
            array[
                case when said.merchant_name_at is not null then 'merchant_name' end,
                case when said.business_type_at is not null then 'business_type' end,
                case when said.country_at is not null then 'country' end,
                case when said.commission_rate_at is not null then 'commission_rate' end,
                case when said.status_at is not null then 'status' end,
                case when said.created_at_at is not null then 'created_at' end,
                case when said.active_from_at is not null then 'active_from' end,
                case when said.active_until_at is not null then 'active_until' end,
                case when said.settles_from_at is not null then 'settles_from' end
            ],
            null
        )
    from said
    left join known as of_merchant_name
        on of_merchant_name.record_number = said.merchant_name_at
    left join known as of_business_type
        on of_business_type.record_number = said.business_type_at
    left join known as of_country
        on of_country.record_number = said.country_at
    left join known as of_commission_rate
        on of_commission_rate.record_number = said.commission_rate_at
    left join known as of_status
        on of_status.record_number = said.status_at
    left join known as of_created_at
        on of_created_at.record_number = said.created_at_at
    left join known as of_active_from
        on of_active_from.record_number = said.active_from_at
    left join known as of_active_until
        on of_active_until.record_number = said.active_until_at
    left join known as of_settles_from
        on of_settles_from.record_number = said.settles_from_at
    where staged.batch_id = p_batch_id
        and staged.record_number = said.record_number;
end;
$$;

comment on function pipeline.carry_merchants(bigint) is
    'Completes the staged merchants of a batch by what earlier records of it said of the same merchant, where records have different columns.';
