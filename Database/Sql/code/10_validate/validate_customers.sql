-- Decides over staged customers what the store must tell: whose an e-mail address is.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.customers, public.customers. Called by: ValidateStage, first in the batch's transaction.
--
-- Marks what it refuses in staging: the upsert takes what has no reasons. Two batches of customers
-- take turns, so that no address is given twice between here and there.
create function pipeline.validate_customers(
    p_batch_id bigint,
    p_header text[]
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[]
)
language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('parties'));
    perform pipeline.sample_lane('customers', null);
    perform pipeline.carry_customers(p_batch_id);

    with addressed as (
        select
            staged.record_number,
            staged.customer_id,
            staged.email,
            first_value(staged.customer_id) over (
                partition by staged.email
                order by
                    (staged.reasons is not null),
                    staged.record_number
            ) as first_customer_id
        from staging.customers as staged
        where staged.batch_id = p_batch_id
            and staged.email is not null
    ),
    taken as (
        select addressed.record_number
        from addressed
        left join public.customers as holder on holder.email = addressed.email
        where coalesce(holder.customer_id, addressed.first_customer_id)
            is distinct from addressed.customer_id
    )
    update staging.customers as staged
    set reasons = pipeline.order_reasons(staged.reasons || array['email.taken'], p_header)
    from taken
    where staged.batch_id = p_batch_id
        and staged.record_number = taken.record_number;

    return query
        select
            staged.record_number,
            staged.line_number,
            staged.reasons
        from staging.customers as staged
        where staged.batch_id = p_batch_id
            and staged.reasons is not null
        order by staged.record_number;
end;
$$;

comment on function pipeline.validate_customers(bigint, text[]) is
    'Refused customers of a staged batch with all their reasons; an e-mail address of another customer is refused.';
