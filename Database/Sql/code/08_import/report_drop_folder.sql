-- Replaces what is known about a host's drop folder: how its sweeps go, and the entries that the last one left alone.
-- Grain: one folder of a host. Reads: ops.drop_folders, ops.drop_folder_entries. Called by: SweepRecord.
create function pipeline.report_drop_folder(
    p_host text,
    p_path text,
    p_status text,
    p_error text,
    p_sweep_started_at timestamptz,
    p_sweep_ended_at timestamptz,
    p_now timestamptz,
    p_skipped_count int,
    p_names text[],
    p_kinds text[],
    p_reasons text[],
    p_first_seen_at timestamptz[]
) returns void
language sql
as $$
    with forgotten as (
        delete from ops.drop_folders as folder
        where folder.reported_at < p_now - interval '7 days'
            and (folder.host, folder.path) <> (left(p_host, 255), left(p_path, 1000))
    ),
    folder as (
        insert into ops.drop_folders as known (
            host, path, status, error, sweep_started_at, sweep_ended_at, skipped_count, reported_at
        )
        values (
            left(p_host, 255), left(p_path, 1000), p_status, left(p_error, 1000),
            p_sweep_started_at, p_sweep_ended_at, p_skipped_count, p_now
        )
        on conflict (host, path) do update
        set
            status = excluded.status,
            error = excluded.error,
            sweep_started_at = excluded.sweep_started_at,
            sweep_ended_at = excluded.sweep_ended_at,
            skipped_count = excluded.skipped_count,
            reported_at = excluded.reported_at
        returning known.drop_folder_id
    ),
    gone as (
        delete from ops.drop_folder_entries as entry
        using folder
        where entry.drop_folder_id = folder.drop_folder_id
            and entry.name <> all (p_names)
    )
    insert into ops.drop_folder_entries as known (
        drop_folder_id, name, kind, reason, first_seen_at
    )
    select
        folder.drop_folder_id,
        entry.name,
        entry.kind,
        entry.reason,
        entry.first_seen_at
    from folder
    cross join unnest(p_names, p_kinds, p_reasons, p_first_seen_at)
        as entry (name, kind, reason, first_seen_at)
    order by entry.name
    on conflict (drop_folder_id, name) do update
    set
        kind = excluded.kind,
        reason = excluded.reason,
        first_seen_at = case
            when known.kind = excluded.kind then known.first_seen_at
            else excluded.first_seen_at
        end
    where (known.kind, known.reason) is distinct from (excluded.kind, excluded.reason);
$$;

comment on function pipeline.report_drop_folder(
    text, text, text, text, timestamptz, timestamptz, timestamptz, int, text[], text[], text[], timestamptz[]
) is
    'Keeps how the sweeps of a host''s drop folder go and which entries they leave alone; folders that nobody reports for a week are forgotten.';
