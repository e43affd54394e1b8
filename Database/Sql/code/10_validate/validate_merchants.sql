-- Decides over staged merchants what the store must tell: whether their active time still begins before it ends.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.merchants, public.merchants. Called by: ValidateStage, first in the batch's transaction.
--
-- Marks what it refuses in staging: the upsert takes what has no reasons. Two batches of merchants
-- take turns, so that no active time is bent by halves between here and there.
create function pipeline.validate_merchants(
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
    perform pg_advisory_xact_lock(pipeline.lock_key('merchants'));
    perform pipeline.sample_lane('merchants', null);
    perform pipeline.carry_merchants(p_batch_id);

    with periods as (
        select
            staged.record_number,
            case
                when 'active_from' = any (staged.given) then staged.active_from
                else known.active_from
            end as active_from,
            case
                when 'active_until' = any (staged.given) then staged.active_until
                else known.active_until
            end as active_until
        from staging.merchants as staged
        left join public.merchants as known on known.merchant_id = staged.merchant_id
        where staged.batch_id = p_batch_id
    )
    update staging.merchants as staged
    set reasons = pipeline.order_reasons(
        staged.reasons || array['active_until.not_after_start'],
        p_header
    )
    from periods
    where staged.batch_id = p_batch_id
        and staged.record_number = periods.record_number
        and periods.active_until <= periods.active_from;

    return query
        select
            staged.record_number,
            staged.line_number,
            staged.reasons
        from staging.merchants as staged
        where staged.batch_id = p_batch_id
            and staged.reasons is not null
        order by staged.record_number;
end;
$$;

comment on function pipeline.validate_merchants(bigint, text[]) is
    'Refused merchants of a staged batch with all their reasons; an active time that ends before it begins is refused.';
