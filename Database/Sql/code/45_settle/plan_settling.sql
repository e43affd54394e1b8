-- What a settle run has to look at: the batches that are due, and the merchants that we settle, as of one moment, so that
-- whatever changes meanwhile is looked at by the next run.
-- Grain: one row. Reads: ops.batches, merchants, ops.settled_merchants.
-- Called by: settle_payments, SettleStage; both hold lock_settlements.
create function pipeline.plan_settling(
    p_as_of date
) returns table (
    due_batches bigint[],
    looked_at_batches bigint[],
    record_count bigint,
    merchant_ids text[],
    settles_from date[],
    seen_from date[]
)
language sql
stable
parallel safe
as $$
    select
        batch.due_batches,
        batch.looked_at_batches,
        batch.record_count,
        merchant.merchant_ids,
        merchant.settles_from,
        merchant.seen_from
    from (
        select
            coalesce(array_agg(due.batch_id order by due.batch_id), '{}') as due_batches,
            coalesce(
                array_agg(due.batch_id) filter (where due.unsettled_from > '-infinity'), '{}'
            ) as looked_at_batches,
            coalesce(sum(due.record_count), 0)::bigint as record_count
        from ops.batches as due
        where due.unsettled_from < p_as_of
            and due.loaded_at is not null
    ) as batch
    cross join (
        select
            coalesce(array_agg(settled.merchant_id), '{}') as merchant_ids,
            coalesce(array_agg(settled.settles_from), '{}') as settles_from,
            coalesce(array_agg(settled.seen_from), '{}') as seen_from
        from (
            select
                merchant.merchant_id,
                merchant.settles_from,
                seen.settles_from as seen_from
            from public.merchants as merchant
            left join ops.settled_merchants as seen on seen.merchant_id = merchant.merchant_id
            where merchant.settles_from is not null
            -- At random, yet always the same: any part of them is like any other.
            order by
                hashtext(merchant.merchant_id),
                merchant.merchant_id
        ) as settled
    ) as merchant;
$$;

comment on function pipeline.plan_settling(date) is
    'The batches that a settle run has to look at (looked_at: those of which a run may have settled payments) with their records, and all merchants that are settled (seen_from: from when on older payments have been looked at; null: never).';
