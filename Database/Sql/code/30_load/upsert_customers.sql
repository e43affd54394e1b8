-- Takes the well-formed customers of a batch over: new ones are added, known ones changed.
-- Grain: one row. Reads: staging.customers, public.customers, public.payments, ops.batches.
-- Called by: LoadStage, after validate_customers.
--
-- Records count one after the other: one that changes nothing is a duplicate. A column that the file
-- does not have stays as it is; without a risk category the credit score tells it.
-- Payments of a customer that moves are counted under the new country: the lock `parties`, taken alone,
-- (validate_payments holds it shared) keeps batches out that still count under the old one.
-- Archived ones stay counted under the country that they were archived with, until they are restored.
create function pipeline.upsert_customers(
    p_batch_id bigint,
    out accepted bigint,
    out duplicates bigint
)
language plpgsql
set work_mem = '64MB'
as $$
declare
    v_is_generated boolean;
    v_moved boolean;
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    truncate staging.changed_payments;
    select import.is_generated
    into v_is_generated
    from ops.batches as batch
    inner join ops.imports as import on import.import_id = batch.import_id
    where batch.batch_id = p_batch_id;

    create temporary table temp_customer_change on commit drop as
    with merged as (
        select
            staged.record_number,
            staged.customer_id,
            case
                when 'customer_name' = any (staged.given)
                    then coalesce(staged.customer_name, staged.customer_id)
                else coalesce(known.customer_name, staged.customer_id)
            end as customer_name,
            case when 'email' = any (staged.given) then staged.email else known.email end
                as email,
            case when 'phone' = any (staged.given) then staged.phone else known.phone end
                as phone,
            case when 'country' = any (staged.given) then staged.country else known.country end
                as country,
            case
                when 'registration_date' = any (staged.given) then staged.registration_date
                else known.registration_date
            end as registration_date,
            case
                when 'credit_score' = any (staged.given) then staged.credit_score
                else known.credit_score
            end as credit_score,
            case
                when staged.risk_category is not null then staged.risk_category
                when 'credit_score' = any (staged.given) then
                    case
                        when staged.credit_score >= 720 then 'LOW'
                        when staged.credit_score >= 600 then 'MEDIUM'
                        when staged.credit_score < 600 then 'HIGH'
                    end
                when 'risk_category' = any (staged.given) then null
                else known.risk_category
            end as risk_category,
            coalesce(staged.created_at, known.created_at, now()) as created_at,
            known.country as known_country,
            row(
                known.customer_name,
                known.email,
                known.phone,
                known.country,
                known.registration_date,
                known.credit_score,
                known.risk_category,
                known.created_at
            )::text as known_content,
            known.customer_id is null as is_new
        from staging.customers as staged
        left join public.customers as known on known.customer_id = staged.customer_id
        where staged.batch_id = p_batch_id
            and staged.reasons is null
    ),
    content as (
        select
            merged.*,
            row(
                merged.customer_name,
                merged.email,
                merged.phone,
                merged.country,
                merged.registration_date,
                merged.credit_score,
                merged.risk_category,
                merged.created_at
            )::text as new_content
        from merged
    )
    select
        content.*,
        case
            when content.record_number = first_value(content.record_number) over of_customer
                then content.is_new or content.new_content <> content.known_content
            else content.new_content <> lag(content.new_content) over of_customer
        end as is_change,
        lead(content.record_number) over of_customer is null as is_last
    from content
    window of_customer as (
        partition by content.customer_id
        order by content.record_number
    );

    -- Counted under the country that they leave, before they leave it.
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
        (payment.transaction_date at time zone 'UTC')::date,
        payment.payment_id,
        payment.customer_id,
        coalesce(change.known_country, ''),
        payment.merchant_id,
        payment.amount,
        payment.currency,
        payment.payment_method,
        payment.payment_status,
        payment.transaction_date,
        payment.processing_time_seconds,
        payment.risk_score,
        payment.is_suspicious
    from temp_customer_change as change
    inner join public.payments as payment on payment.customer_id = change.customer_id
    where change.is_last
        and not change.is_new
        and change.country is distinct from change.known_country;
    v_moved := found;

    insert into public.customers as known (
        customer_id,
        customer_name,
        email,
        phone,
        country,
        registration_date,
        credit_score,
        risk_category,
        created_at,
        is_generated
    )
    select
        change.customer_id,
        change.customer_name,
        change.email,
        change.phone,
        change.country,
        change.registration_date,
        change.credit_score,
        change.risk_category,
        change.created_at,
        v_is_generated
    from temp_customer_change as change
    where change.is_last
        and (change.is_new or change.new_content <> change.known_content)
    order by change.customer_id
    on conflict on constraint customers_pkey do update set
        customer_name = excluded.customer_name,
        email = excluded.email,
        phone = excluded.phone,
        country = excluded.country,
        registration_date = excluded.registration_date,
        credit_score = excluded.credit_score,
        risk_category = excluded.risk_category,
        created_at = excluded.created_at,
        updated_at = now();

    if v_moved then
        perform pipeline.recount_changed(-1);
        update staging.changed_payments as moved
        set customer_country = coalesce(customer.country, '')
        from public.customers as customer
        where customer.customer_id = moved.customer_id;
        perform pipeline.recount_changed(1);
    end if;

    select
        count(*) filter (where change.is_change),
        count(*) filter (where not change.is_change)
    into
        accepted,
        duplicates
    from temp_customer_change as change;
    drop table temp_customer_change;
end;
$$;

comment on function pipeline.upsert_customers(bigint) is
    'Adds or changes the well-formed customers of a batch; returns how many records changed something and how many nothing.';
