-- Decides over staged payouts what the store must tell: which are known, and which have moved on.
-- Grain: one row per refused record, with all of its reasons in order.
-- Reads: staging.payout_records, reconciliation.payouts. Called by: ValidateStage, first in the batch's transaction.
--
-- Leaves in the temporary table temp_reported_payout what becomes of each record, for upsert_payout_records. Lines and payouts
-- take turns. A payout's status moves forward only: an older word that comes late changes nothing.
create function pipeline.validate_payout_records(
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
    perform pg_advisory_xact_lock(pipeline.lock_key('reports'));

    create temporary table temp_reported_payout on commit drop as
    with ranked as (
        select
            staged.*,
            array_position(
                array['pending', 'in_transit', 'paid', 'failed', 'canceled']::text[],
                staged.payout_status::text
            ) as status_rank,
            row_number() over of_payout as turn,
            first_value(staged.amount) over of_payout as first_amount,
            first_value(staged.currency) over of_payout as first_currency,
            first_value(staged.initiated_at) over of_payout as first_initiated_at
        from staging.payout_records as staged
        where staged.batch_id = p_batch_id
        window of_payout as (
            partition by
                staged.processor,
                staged.payout_key,
                staged.reasons is null
            order by staged.record_number
        )
    )
    select
        ranked.*,
        case
            when ranked.reasons is not null then null
            when (stored.is_stated and stored.amount <> ranked.amount)
                or stored.currency <> ranked.currency
                or (stored.has_object and stored.initiated_at <> ranked.initiated_at)
                or ranked.amount <> ranked.first_amount
                or ranked.currency <> ranked.first_currency
                or ranked.initiated_at <> ranked.first_initiated_at
                then 'conflict'
            when stored.payout_key is null and ranked.turn = 1 then 'new'
            when not stored.has_object and ranked.turn = 1 then 'changed'
            when ranked.status_rank > greatest(
                array_position(
                    array['pending', 'in_transit', 'paid', 'failed', 'canceled']::text[],
                    stored.status::text
                ),
                max(ranked.status_rank) over (
                    partition by
                        ranked.processor,
                        ranked.payout_key,
                        ranked.reasons is null
                    order by ranked.record_number
                    rows between unbounded preceding and 1 preceding
                )
            ) then 'changed'
            when ranked.turn = 1
                and ranked.payout_status = stored.status
                and (
                    ranked.arrival_date <> stored.arrival_date
                    or (ranked.reference is not null and stored.reference is null)
                )
                then 'changed'
            else 'duplicate'
        end as outcome
    from ranked
    left join reconciliation.payouts as stored
        on stored.processor = ranked.processor
        and stored.payout_key = ranked.payout_key;

    return query
        select
            reported.record_number,
            reported.line_number,
            pipeline.order_reasons(
                coalesce(reported.reasons, array['payout_key.conflict']), p_header
            )
        from temp_reported_payout as reported
        where reported.outcome is null
            or reported.outcome = 'conflict'
        order by reported.record_number;
end;
$$;

comment on function pipeline.validate_payout_records(bigint, text[]) is
    'Refused payouts of a staged batch with all their reasons; leaves in temp_reported_payout what becomes of the others.';
