-- Entries of drop folders that are left alone.
-- Grain: one entry of a folder. Reads: ops.drop_folder_entries, ops.drop_folders.
-- Called by: GET /api/imports/drop-folder/entries.
create function pipeline.list_drop_folder_entries(
    p_kind text
) returns table (
    drop_folder_id bigint,
    name varchar,
    kind varchar,
    reason varchar,
    first_seen_at timestamptz,
    last_seen_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        entry.drop_folder_id,
        entry.name,
        entry.kind,
        entry.reason,
        entry.first_seen_at,
        greatest(folder.sweep_ended_at, entry.first_seen_at) as last_seen_at
    from ops.drop_folder_entries as entry
    inner join ops.drop_folders as folder
        on folder.drop_folder_id = entry.drop_folder_id
    where p_kind is null
        or entry.kind = p_kind;
$$;

comment on function pipeline.list_drop_folder_entries(text) is
    'Entries of drop folders that the last sweep left alone, of a kind; null for all. Unordered: the caller pages by folder and name.';
