-- Drop folders and how their sweeps go; silent: no worker has said anything for two minutes.
-- Grain: one folder of a host. Reads: ops.drop_folders. Called by: GET /api/imports/drop-folder.
create function pipeline.list_drop_folders(
    p_now timestamptz
) returns table (
    drop_folder_id bigint,
    host varchar,
    path varchar,
    status varchar,
    error varchar,
    sweep_started_at timestamptz,
    sweep_ended_at timestamptz,
    reported_at timestamptz,
    skipped_count int
)
language sql
stable
parallel safe
as $$
    select
        folder.drop_folder_id,
        folder.host,
        folder.path,
        case
            when folder.reported_at < p_now - interval '2 minutes' then 'silent'
            else folder.status
        end as status,
        folder.error,
        folder.sweep_started_at,
        folder.sweep_ended_at,
        folder.reported_at,
        folder.skipped_count
    from ops.drop_folders as folder;
$$;

comment on function pipeline.list_drop_folders(timestamptz) is
    'Drop folders by host and path with the state of their sweeps. Unordered: the caller pages by drop_folder_id.';
