-- Finds the import that stands for what an instance of the API takes on a UTC day, or makes it.
-- Grain: one value. Reads: ops.imports. Called by: AcceptSource, before the first payment of the day.
--
-- It is done when its day is over: whoever opens one closes those of the days before.
create function pipeline.open_source(
    p_source text,
    p_day date
) returns bigint
language plpgsql
as $$
declare
    v_name text := format('%s %s', p_source, p_day);
    v_import_id bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended(v_name, pipeline.lock_key('source')));

    update ops.imports as import
    set
        status = 'completed',
        finished_at = clock_timestamp()
    where import.source = 'api'
        and import.status = 'running'
        and import.started_at < pipeline.day_start(p_day) - interval '1 hour';

    select import.import_id
    into v_import_id
    from ops.imports as import
    where import.source = 'api'
        and import.status = 'running'
        and import.file_name = v_name;
    if found then
        return v_import_id;
    end if;

    insert into ops.imports (profile, profile_version, source, file_name, size_bytes, status, started_at)
    values ('api', 1, 'api', v_name, 0, 'running', clock_timestamp())
    returning import_id into v_import_id;
    return v_import_id;
end;
$$;

comment on function pipeline.open_source(text, date) is
    'The import under which payments of an API instance are counted on a UTC day; completes those of the days before.';
