-- The file of an import that has ended, where it has card numbers and nobody reads it any more.
-- Grain: one value, or null. Reads: ops.imports. Called by: Spool.
create function pipeline.find_card_file(
    p_import_id bigint
) returns text
language sql
stable
parallel safe
as $$
    select import.content_sha256::text
    from ops.imports as import
    where import.import_id = p_import_id
        and import.has_cards
        and import.status in ('completed', 'rejected')
        and not exists (
            select
            from ops.imports as other
            where other.content_sha256 = import.content_sha256
                and other.status not in ('completed', 'rejected')
        );
$$;

comment on function pipeline.find_card_file(bigint) is
    'SHA-256 of the file of an ended import that has card numbers; null where there are none, or another import still reads the file.';
