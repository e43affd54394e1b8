-- The published rules of public holidays, as data: a new law is a row here and the end of another.
-- target2: ECB, Calendar of TARGET operating days for 1999 (3 September 1998), TARGET closing days in 2000 (15 July 1999),
-- in 2001 (25 May 2000), Long-term calendar for TARGET closing days (14 December 2000).
-- federal_reserve: Federal Reserve System, Holidays Observed (K.8): 5 U.S.C. 6103; "for holidays falling on Saturday, Federal
-- Reserve Banks and Branches will be open the preceding Friday; for holidays falling on Sunday, [they] will be closed the
-- following Monday". england_and_wales: GOV.UK, UK bank holidays: Banking and Financial Dealings Act 1971, schedule 1, and
-- the proclamations of New Year's Day (from 1974) and early May (from 1978); what falls on a weekend has a substitute day.
-- Grain: one holiday of one rule. Reads: nothing. Called by: list_rule_holidays.
create function pipeline.holiday_rules() returns table (
    rule text,
    name text,
    from_year int,
    until_year int,
    month int,
    month_day int,
    week_day int,
    nth int,
    easter_offset int,
    saturday_shift int,
    sunday_shift int
)
language sql
immutable
parallel safe
as $$
    select *
    from (
        values
            ('target2', 'New Year''s Day', 1999, null::int, 1, 1, null::int, null::int, null::int, 0, 0),
            ('target2', 'Good Friday', 2000, null, null, null, null, null, -2, 0, 0),
            ('target2', 'Easter Monday', 2000, null, null, null, null, null, 1, 0, 0),
            ('target2', 'Labour Day', 2000, null, 5, 1, null, null, null, 0, 0),
            ('target2', 'Christmas Day', 1999, null, 12, 25, null, null, null, 0, 0),
            ('target2', '26 December', 2000, null, 12, 26, null, null, null, 0, 0),
            ('federal_reserve', 'New Year''s Day', 1971, null, 1, 1, null, null, null, 0, 1),
            ('federal_reserve', 'Birthday of Martin Luther King, Jr.', 1986, null, 1, null, 1, 3, null, 0, 0),
            ('federal_reserve', 'Washington''s Birthday', 1971, null, 2, null, 1, 3, null, 0, 0),
            ('federal_reserve', 'Memorial Day', 1971, null, 5, null, 1, -1, null, 0, 0),
            ('federal_reserve', 'Juneteenth National Independence Day', 2021, null, 6, 19, null, null, null, 0, 1),
            ('federal_reserve', 'Independence Day', 1971, null, 7, 4, null, null, null, 0, 1),
            ('federal_reserve', 'Labor Day', 1971, null, 9, null, 1, 1, null, 0, 0),
            ('federal_reserve', 'Columbus Day', 1971, null, 10, null, 1, 2, null, 0, 0),
            ('federal_reserve', 'Veterans Day', 1971, 1978, 10, null, 1, 4, null, 0, 0),
            ('federal_reserve', 'Veterans Day', 1978, null, 11, 11, null, null, null, 0, 1),
            ('federal_reserve', 'Thanksgiving Day', 1971, null, 11, null, 4, 4, null, 0, 0),
            ('federal_reserve', 'Christmas Day', 1971, null, 12, 25, null, null, null, 0, 1),
            ('england_and_wales', 'New Year''s Day', 1974, null, 1, 1, null, null, null, 2, 1),
            ('england_and_wales', 'Good Friday', 1971, null, null, null, null, null, -2, 0, 0),
            ('england_and_wales', 'Easter Monday', 1971, null, null, null, null, null, 1, 0, 0),
            ('england_and_wales', 'Early May bank holiday', 1978, null, 5, null, 1, 1, null, 0, 0),
            ('england_and_wales', 'Spring bank holiday', 1971, null, 5, null, 1, -1, null, 0, 0),
            ('england_and_wales', 'Summer bank holiday', 1971, null, 8, null, 1, -1, null, 0, 0),
            ('england_and_wales', 'Christmas Day', 1971, null, 12, 25, null, null, null, 2, 2),
            ('england_and_wales', 'Boxing Day', 1971, null, 12, 26, null, null, null, 2, 2)
    ) as holiday (
        rule,
        name,
        from_year,
        until_year,
        month,
        month_day,
        week_day,
        nth,
        easter_offset,
        saturday_shift,
        sunday_shift
    );
$$;

comment on function pipeline.holiday_rules() is
    'Public holidays by rule, from a year and until before another: a fixed day, the nth ISO week day of a month (-1: the last) or days from Easter, and how many days it moves from a Saturday or Sunday.';
