-- Stores a received batch of payments that came over the API with what the engine says of them: loads them, counts them in the
-- account of their import, raises their alerts and tells the feed.
-- Grain: one value, the alerts that are new. Reads: risk.assessments, which are written before.
-- Called by: AcceptedBatch, second of the two calls of its transaction.
--
-- What was refused was answered, is not kept, and does not count: without any payment that was accepted, all were sent before.
-- Batches of one import are stored in any order, so that transactions wait for each other here only, at the very end. What writes
-- events comes last: it lets nobody else write any until the commit.
create function pipeline.store_payments(
    p_import_id bigint,
    p_batch_id bigint,
    p_lane smallint,
    p_first_record bigint,
    p_last_record bigint,
    p_duplicates bigint,
    p_records bigint[],
    p_scores numeric[],
    p_flags boolean[],
    p_countries text[],
    p_has_assessments boolean
) returns bigint
language plpgsql
as $$
declare
    v_accepted bigint := cardinality(p_records);
    v_payments staging.scored_payment[];
    v_raised bigint := 0;
begin
    insert into ops.batches (batch_id, import_id, first_record, record_count, lane, loaded_at)
    overriding system value
    values (
        p_batch_id,
        p_import_id,
        p_first_record,
        v_accepted + p_duplicates,
        p_lane,
        clock_timestamp()
    );

    if v_accepted > 0 then
        v_payments
            := pipeline.score_payments(
                p_batch_id, p_lane, p_records, p_scores, p_flags, p_countries
            );
        perform pipeline.insert_payments(p_batch_id, v_payments);
        perform pipeline.add_to_rollups(v_payments, 1);
    end if;

    update ops.imports as import
    set
        records_read = import.records_read + v_accepted + p_duplicates,
        records_accepted = import.records_accepted + v_accepted,
        records_duplicate = import.records_duplicate + p_duplicates,
        next_record = greatest(import.next_record, p_last_record)
    where import.import_id = p_import_id;

    -- Who raises alerts has an assessment.
    if p_has_assessments then
        v_raised := pipeline.raise_alerts(p_batch_id);
    end if;
    if v_accepted > 0 then
        perform pipeline.write_payment_events(
            array(
                select scored.payment_id
                from unnest(v_payments) as scored
                order by
                    scored.transaction_date,
                    scored.payment_id
            )
        );
    end if;
    return v_raised;
end;
$$;

comment on function pipeline.store_payments(
    bigint, bigint, smallint, bigint, bigint, bigint, bigint[], numeric[], boolean[], text[], boolean
) is
    'Loads a received batch of payments of the API with their scores, counts it in its import, raises alerts and tells the feed; returns how many alerts are new.';
