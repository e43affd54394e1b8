-- Which files of the spool nobody needs any more.
-- Grain: one file, by the hash that is its name. Reads: ops.imports, ops.quarantine. Called by: SweepStage.
--
-- Every import of the content must have ended well, or been refused, long ago; a failed one may be run again, and open
-- records in quarantine are read again from the file. A file that no import knows was left by a receiver that died.
create function pipeline.list_expendable_files(
    p_files text[],
    p_before timestamptz
) returns table (content_sha256 text)
language sql
stable
parallel safe
as $$
    select file.content_sha256
    from unnest(p_files) as file (content_sha256)
    where not exists (
        select
        from ops.imports as import
        where import.content_sha256 = file.content_sha256::char(64)
            and (
                import.status not in ('completed', 'rejected')
                or import.finished_at >= p_before
                or exists (
                    select
                    from ops.quarantine as refused
                    where refused.import_id = import.import_id
                        and refused.status = 'open'
                )
            )
    );
$$;

comment on function pipeline.list_expendable_files(text[], timestamptz) is
    'Of the given spool files those whose imports all ended before an instant, with nothing open in quarantine.';
