-- Decides over staged lines of processors' reports what the store must tell: which of them are known.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.processor_lines, reconciliation.processor_lines, ops.batches.
-- Called by: ValidateStage, first in the batch's transaction.
--
-- Leaves in the temporary table temp_reported_line what becomes of each record, for upsert_processor_lines. Batches of lines take
-- turns, so that what is judged here is still so there.
-- The first word about an id stays: the same again is a duplicate, also where another file tells less or more of it (which fills
-- what was not known); other money, time, category or payout is a conflict.
-- Lines without references of their own (fees, balance transfers) are the same when they say the same: they are numbered
-- within their file, so that two of the like in one file are two, and the file sent again brings none.
create function pipeline.validate_processor_lines(
    p_batch_id bigint,
    p_header text[]
) returns table (
    record_number bigint,
    line_number bigint,
    reasons text[]
)
language plpgsql
set work_mem = '64MB'
set jit = off
as $$
begin
    perform pg_advisory_xact_lock(pipeline.lock_key('reports'));

    create temporary table temp_numbered_line on commit drop as
    with counted as (
        select
            base.processor,
            base.account,
            base.external_id,
            count(line.line_id) as lines
        from (
            select distinct
                staged.processor,
                coalesce(staged.account, '') as account,
                staged.external_id
            from staging.processor_lines as staged
            where staged.batch_id = p_batch_id
                and staged.reasons is null
                and staged.external_id like '%#'
        ) as base
        inner join ops.batches as batch on batch.batch_id = p_batch_id
        -- A number stands behind the base: digits are below the colon.
        left join reconciliation.processor_lines as line
            on line.processor = base.processor
            and line.account = base.account
            and line.external_id > base.external_id
            and line.external_id < base.external_id || ':'
            and line.import_id = batch.import_id
        group by
            base.processor,
            base.account,
            base.external_id
    ),
    named as (
        select
            staged.*,
            coalesce(staged.account, '') as line_account,
            case
                when counted.external_id is null then staged.external_id::text
                else concat(
                    staged.external_id,
                    counted.lines + row_number() over (
                        partition by
                            staged.processor,
                            staged.account,
                            staged.external_id,
                            staged.reasons is null
                        order by staged.record_number
                    )
                )
            end collate "C" as line_key
        from staging.processor_lines as staged
        left join counted
            on counted.processor = staged.processor
            and counted.account = coalesce(staged.account, '')
            and counted.external_id = staged.external_id
        where staged.batch_id = p_batch_id
    )
    select
        named.*,
        row_number() over (
            partition by
                named.processor,
                named.line_account,
                named.line_key,
                named.reasons is null
            order by named.record_number
        ) as turn
    from named;
    analyze temp_numbered_line;

    create temporary table temp_reported_line on commit drop as
    select
        reported.*,
        stored.line_id,
        stored.payout_key as stored_payout_key,
        case
            when reported.reasons is not null then null
            when stored.line_id is null and reported.turn = 1 then 'new'
            when coalesce(stored.currency, earlier.currency) <> reported.currency
                or coalesce(stored.gross, earlier.gross) <> reported.gross
                or coalesce(stored.fee, earlier.fee) <> reported.fee
                or coalesce(stored.net, earlier.net) <> reported.net
                or coalesce(stored.category, earlier.category) <> reported.category
                or coalesce(stored.occurred_at, earlier.occurred_at) <> reported.occurred_at
                or coalesce(stored.payout_key, earlier.payout_key) <> reported.payout_key
                then 'conflict'
            when reported.turn = 1
                and (
                    (stored.payout_key is null and reported.payout_key is not null)
                    or (stored.payment_reference is null and reported.payment_reference is not null)
                    or (
                        stored.processor_reference is null
                        and reported.processor_reference is not null
                    )
                    or (stored.source_reference is null and reported.source_reference is not null)
                    or (stored.available_on is null and reported.available_on is not null)
                    or (
                        stored.presentment_amount is null
                        and reported.presentment_amount is not null
                    )
                )
                then 'filled'
            else 'duplicate'
        end as outcome
    from temp_numbered_line as reported
    left join reconciliation.processor_lines as stored
        on stored.processor = reported.processor
        and stored.account = reported.line_account
        and stored.external_id = reported.line_key
        and reported.reasons is null
    left join temp_numbered_line as earlier
        on reported.turn > 1
        and reported.reasons is null
        and earlier.turn = 1
        and earlier.reasons is null
        and earlier.processor = reported.processor
        and earlier.line_account = reported.line_account
        and earlier.line_key = reported.line_key;
    drop table temp_numbered_line;

    return query
        select
            reported.record_number,
            reported.line_number,
            pipeline.order_reasons(
                coalesce(reported.reasons, array['external_id.conflict']), p_header
            )
        from temp_reported_line as reported
        where reported.outcome is null
            or reported.outcome = 'conflict'
        order by reported.record_number;
end;
$$;

comment on function pipeline.validate_processor_lines(bigint, text[]) is
    'Refused lines of processors'' reports of a staged batch with all their reasons; leaves in temp_reported_line what becomes of the others.';
