-- Lets each record of a customer say what the records before it in the batch said and it does not: objects of JSON
-- have only some of the columns, each its own.
-- Grain: one row is one staged customer. Reads: staging.customers. Called by: validate_customers, first.
--
-- A risk category that is older than the credit score is not carried: the score tells it anew.
create function pipeline.carry_customers(
    p_batch_id bigint
) returns void
language plpgsql
as $$
begin
    if (
        select count(distinct staged.given) <= 1
        from staging.customers as staged
        where staged.batch_id = p_batch_id
    ) then
        return;
    end if;

    with said as (
        select
            staged.record_number,
            max(staged.record_number) filter (where 'customer_name' = any (staged.given)) over so_far
                as customer_name_at,
            max(staged.record_number) filter (where 'email' = any (staged.given)) over so_far
                as email_at,
            max(staged.record_number) filter (where 'phone' = any (staged.given)) over so_far
                as phone_at,
            max(staged.record_number) filter (where 'country' = any (staged.given)) over so_far
                as country_at,
            max(staged.record_number) filter (where 'registration_date' = any (staged.given))
                over so_far as registration_date_at,
            max(staged.record_number) filter (where 'credit_score' = any (staged.given)) over so_far
                as credit_score_at,
            max(staged.record_number) filter (where 'risk_category' = any (staged.given))
                over so_far as risk_category_at,
            max(staged.record_number) filter (where 'created_at' = any (staged.given)) over so_far
                as created_at_at
        from staging.customers as staged
        where staged.batch_id = p_batch_id
            and staged.reasons is null
        window so_far as (
            partition by staged.customer_id
            order by staged.record_number
        )
    ),
    known as materialized (
        select staged.*
        from staging.customers as staged
        where staged.batch_id = p_batch_id
    )
    update staging.customers as staged
    set
        customer_name = of_name.customer_name,
        email = of_email.email,
        phone = of_phone.phone,
        country = of_country.country,
        registration_date = of_registration_date.registration_date,
        credit_score = of_credit_score.credit_score,
        risk_category = of_risk_category.risk_category,
        created_at = of_created_at.created_at,
        given = array_remove(
            array[
                case when said.customer_name_at is not null then 'customer_name' end,
                case when said.email_at is not null then 'email' end,
                case when said.phone_at is not null then 'phone' end,
                case when said.country_at is not null then 'country' end,
                case when said.registration_date_at is not null then 'registration_date' end,
                case when said.credit_score_at is not null then 'credit_score' end,
                case when of_risk_category.record_number is not null then 'risk_category' end,
                case when said.created_at_at is not null then 'created_at' end
            ],
            null
        )
    from said
    left join known as of_name on of_name.record_number = said.customer_name_at
    left join known as of_email on of_email.record_number = said.email_at
    left join known as of_phone on of_phone.record_number = said.phone_at
    left join known as of_country on of_country.record_number = said.country_at
    left join known as of_registration_date
        on of_registration_date.record_number = said.registration_date_at
    left join known as of_credit_score on of_credit_score.record_number = said.credit_score_at
    left join known as of_risk_category
        on of_risk_category.record_number = said.risk_category_at
        and said.risk_category_at >= coalesce(said.credit_score_at, 0)
    left join known as of_created_at on of_created_at.record_number = said.created_at_at
    where staged.batch_id = p_batch_id
        and staged.record_number = said.record_number;
end;
$$;

comment on function pipeline.carry_customers(bigint) is
    'Completes the staged customers of a batch by what earlier records of it said of the same customer, where records have different columns.';
