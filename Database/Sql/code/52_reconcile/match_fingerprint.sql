-- Names a set of items: the same items of a level have the same name, in whatever order.
-- Grain: one value. Reads: nothing. Called by: settle_pool, keep_groups, make_match, undo_match.
create function pipeline.match_fingerprint(
    p_level text,
    p_items text[]
) returns uuid
language sql
immutable
parallel safe
as $$
    select md5(
        p_level || ' ' || (
            select string_agg(item.name, ' ' order by item.name collate "C")
            from unnest(p_items) as item (name)
        )
    )::uuid;
$$;

comment on function pipeline.match_fingerprint(text, text[]) is
    'MD5 of a level and its items, each as kind:key.';
