-- Easter Sunday of a year of the Gregorian calendar.
-- The anonymous algorithm as Jean Meeus has it (Astronomical Algorithms, 1991, chapter 8), valid from 1583 on; whole numbers only.
-- Grain: one value. Reads: nothing. Called by: list_rule_holidays.
create function pipeline.easter(
    p_year int
) returns date
language plpgsql
immutable
parallel safe
as $$
declare
    v_golden constant int := p_year % 19;
    v_century constant int := p_year / 100;
    v_rest constant int := p_year % 100;
    v_correction constant int := (v_century - (v_century + 8) / 25 + 1) / 3;
    v_epact constant int := (19 * v_golden + v_century - v_century / 4 - v_correction + 15) % 30;
    v_week constant int := (32 + 2 * (v_century % 4) + 2 * (v_rest / 4) - v_epact - v_rest % 4) % 7;
    v_late constant int := (v_golden + 11 * v_epact + 22 * v_week) / 451;
    v_sum constant int := v_epact + v_week - 7 * v_late + 114;
begin
    return make_date(p_year, v_sum / 31, v_sum % 31 + 1);
end;
$$;

comment on function pipeline.easter(int) is 'Easter Sunday of a year, 1583 or later, in the Gregorian calendar.';
