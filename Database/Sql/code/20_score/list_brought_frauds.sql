-- Frauds that a staged batch brings itself, and when they become known: its own later payments may know of them, and those of
-- the next batch, before load_labels has stored them.
-- Grain: one payment. Reads: what list_well_formed reads, staging.payment_verdicts.
-- Called by: BatchScorer, for profiles whose labels become known a fixed time after the payment. As load_labels.
create function pipeline.list_brought_frauds(
    p_batch_id bigint,
    p_lane smallint,
    p_known_after interval
) returns table (
    payment_id varchar,
    customer_id varchar,
    merchant_id varchar,
    transaction_date timestamptz,
    known_at timestamptz
)
language sql
stable
parallel safe
as $$
    select distinct on (staged.payment_id)
        staged.payment_id,
        staged.customer_id,
        staged.merchant_id,
        staged.transaction_date,
        staged.transaction_date + p_known_after
    from pipeline.list_well_formed(p_batch_id, p_lane) as staged
    where staged.is_fraud
        and not exists (
            select
            from staging.payment_verdicts as verdict
            where verdict.lane = p_lane
                and verdict.record_number = staged.record_number
                and verdict.verdict <> 'duplicate'
        )
    order by
        staged.payment_id,
        staged.record_number desc;
$$;

comment on function pipeline.list_brought_frauds(bigint, smallint, interval) is
    'Frauds that the records of a staged batch tell of, each known so long after its payment.';
