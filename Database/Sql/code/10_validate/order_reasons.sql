-- Puts the reasons of one record in the order in which they count.
-- Grain: one record. Reads: nothing. Called by: the validate functions.
create function pipeline.order_reasons(
    p_reasons text[],
    p_header text[]
) returns text[]
language sql
immutable
parallel safe
as $$
    select array_agg(
        reason.code
        order by
            coalesce(array_position(p_header, split_part(reason.code, '.', 1)), 0),
            reason.place
    )
    from unnest(p_reasons) with ordinality as reason (code, place);
$$;

comment on function pipeline.order_reasons(text[], text[]) is
    'Reasons about the row first, then by their columns in header order, then as they were given.';
