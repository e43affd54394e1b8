-- Dismisses open refused records; those that a replay is under way for stay as they are.
-- Grain: one row. Reads: ops.quarantine, ops.imports. Called by: POST /api/quarantine/dismiss.
create function pipeline.dismiss_records(
    p_import_id bigint,
    p_reason text,
    p_records bigint[],
    p_note text,
    p_by text,
    p_now timestamptz,
    out dismissed bigint,
    out under_way bigint
)
language plpgsql
as $$
begin
    -- One request at a time decides what is open.
    perform pg_advisory_xact_lock(pipeline.lock_key('quarantine'));

    select count(*)
    into under_way
    from pipeline.select_quarantined(p_import_id, p_reason, p_records) as refused
    where refused.is_under_way;

    with closed as (
        update ops.quarantine as refused
        set
            status = 'dismissed',
            handled_by = p_by,
            handled_at = p_now,
            note = p_note
        from pipeline.select_quarantined(p_import_id, p_reason, p_records) as due
        where refused.import_id = due.import_id
            and refused.record_number = due.record_number
            and refused.status = 'open'
            and not due.is_under_way
        returning refused.import_id
    ),
    counted as (
        update ops.imports as import
        set records_dismissed = import.records_dismissed + sums.records
        from (
            select
                closed.import_id,
                count(*) as records
            from closed
            group by closed.import_id
        ) as sums
        where import.import_id = sums.import_id
        returning sums.records
    )
    select coalesce(sum(counted.records), 0)
    into dismissed
    from counted;
end;
$$;

comment on function pipeline.dismiss_records(
    bigint, text, bigint[], text, text, timestamptz
) is
    'Dismisses open refused records with a reason; returns how many, and how many of the selection are being replayed instead.';
