-- Tells refused records what became of them in a batch of a replay: taken, or refused again and still open.
-- Grain: one batch. Reads: ops.replayed_records, ops.quarantine. Called by: advance_import.
create function pipeline.follow_replay(
    p_import_id bigint,
    p_replays_import_id bigint,
    p_first_record bigint,
    p_last_record bigint
) returns void
language plpgsql
as $$
declare
    v_replayed bigint;
begin
    with judged as (
        select
            replayed.record_number,
            again.reasons
        from ops.replayed_records as replayed
        left join ops.quarantine as again
            on again.import_id = replayed.import_id
            and again.record_number = replayed.record_number
        where replayed.import_id = p_import_id
            and replayed.record_number >= p_first_record
            and replayed.record_number <= p_last_record
    ),
    told as (
        update ops.quarantine as refused
        set
            status = case when judged.reasons is null then 'replayed' else 'open' end,
            latest_reasons = judged.reasons
        from judged
        where refused.import_id = p_replays_import_id
            and refused.record_number = judged.record_number
            and refused.status = 'open'
        returning refused.status
    )
    select count(*) filter (where told.status = 'replayed')
    into v_replayed
    from told;

    update ops.quarantine as again
    set status = 'repeated'
    where again.import_id = p_import_id
        and again.record_number >= p_first_record
        and again.record_number <= p_last_record;

    update ops.imports as origin
    set records_replayed = origin.records_replayed + v_replayed
    where origin.import_id = p_replays_import_id
        and v_replayed > 0;
end;
$$;

comment on function pipeline.follow_replay(bigint, bigint, bigint, bigint) is
    'Closes the refused records that a batch of their replay took, and gives those that it refused again their newest reasons.';
