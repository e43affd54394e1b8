-- How likely it is that two sides belong together: 40 for a reference, up to 40 for the amount (nothing from 5 % on), up to 20
-- for the day (nothing at the end of the window).
-- Grain: one value. Reads: nothing. Called by: match_references, match_amounts, match_runs, match_near.
create function pipeline.score_proposal(
    p_has_reference boolean,
    p_expected numeric,
    p_actual numeric,
    p_days_apart int,
    p_days int
) returns int
language sql
immutable
parallel safe
as $$
    select (
        case when p_has_reference then 40 else 0 end
        + case
            when p_expected = p_actual then 40
            when p_expected = 0 then 0
            else greatest(
                0,
                floor(40 * (1 - 20 * abs(p_actual - p_expected) / abs(p_expected)))
            )
        end
        + greatest(0, floor(20 * (1 - p_days_apart::numeric / (p_days + 1))))
    )::int;
$$;

comment on function pipeline.score_proposal(boolean, numeric, numeric, int, int) is
    '0 to 100, by reference, amount and day.';
