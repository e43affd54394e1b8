-- How many refused records are open, by profile and newest first reason.
-- Grain: one profile and reason. Reads: ops.quarantine, imports. Called by: GET /api/quarantine/summary.
create function pipeline.count_quarantine() returns table (
    profile varchar,
    reason varchar,
    open_records bigint,
    imports bigint,
    oldest_at timestamptz,
    newest_at timestamptz
)
language sql
stable
parallel safe
as $$
    select
        import.profile,
        coalesce(refused.latest_reasons[1], refused.reason)::varchar as reason,
        count(*) as open_records,
        count(distinct refused.import_id) as imports,
        min(refused.created_at) as oldest_at,
        max(refused.created_at) as newest_at
    from ops.quarantine as refused
    inner join ops.imports as import on import.import_id = refused.import_id
    where refused.status = 'open'
    group by
        import.profile,
        coalesce(refused.latest_reasons[1], refused.reason);
$$;

comment on function pipeline.count_quarantine() is
    'Open refused records by profile and the first of their newest reasons. Unordered: the caller orders by profile and reason.';
