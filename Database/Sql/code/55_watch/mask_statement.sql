-- A statement without anybody's data: up to its first quoted value, numbers as ?, cut at 1,000 characters.
-- What begins behind a quote cannot be told apart safely in a statement that the server itself may have cut.
-- Grain: one value. Reads: nothing. Called by: watch_slow_queries.
create function pipeline.mask_statement(
    p_statement text
) returns varchar
language sql
immutable
parallel safe
as $$
    select
        left(
            regexp_replace(
                regexp_replace(
                    regexp_replace(p_statement, $re$(\s)+$re$, ' ', 'g'),
                    $re$'.*|\$[^0-9].*$re$,
                    '…'
                ),
                $re$(?<![\w$])[0-9]+(\.[0-9]+)?$re$,
                '?',
                'g'
            ),
            1000
        )::varchar;
$$;

comment on function pipeline.mask_statement(text) is
    'A statement up to its first quoted value, numbers as ?, blanks joined, cut at 1,000 characters.';
