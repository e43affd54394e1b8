using System.Globalization;
using Npgsql;
using Payments.Testing;

namespace Payments.Database.Tests;

/// <summary>Holidays by rule, one-off days, and business days counted with them.</summary>
public sealed class CalendarTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // European Central Bank, Long-term calendar for TARGET closing days (14 December 2000).
    [Theory]
    [InlineData(2024, "01-01 03-29 04-01 05-01 12-25 12-26")]
    [InlineData(2025, "01-01 04-18 04-21 05-01 12-25 12-26")]
    [InlineData(2026, "01-01 04-03 04-06 05-01 12-25 12-26")]
    [InlineData(2027, "01-01 03-26 03-29 05-01 12-25 12-26")]
    // European Central Bank, 3 September 1998 and 31 March 1999; 15 July 1999; 25 May 2000.
    [InlineData(1998, "")]
    [InlineData(1999, "01-01 12-25 12-31")]
    [InlineData(2000, "01-01 04-21 04-24 05-01 12-25 12-26")]
    [InlineData(2001, "01-01 04-13 04-16 05-01 12-25 12-26 12-31")]
    public Task Target_is_closed_on_the_days_that_the_central_bank_published(int year, string days) => SaysAsync("TARGET2", year, days);

    // Board of Governors, Holidays Observed by the Federal Reserve System (K.8). Saturday holidays are listed on their Saturday, on which
    // the banks are closed anyway; those of a Sunday close the Monday.
    [Theory]
    [InlineData(2021, "01-01 01-18 02-15 05-31 06-19 07-05 09-06 10-11 11-11 11-25 12-25")]
    [InlineData(2022, "01-01 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26")]
    [InlineData(2023, "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-11 11-23 12-25")]
    [InlineData(2024, "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25")]
    [InlineData(2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25")]
    [InlineData(2026, "01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25")]
    [InlineData(2027, "01-01 01-18 02-15 05-31 06-19 07-05 09-06 10-11 11-11 11-25 12-25")]
    [InlineData(2028, "01-01 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-11 11-23 12-25")]
    // Before the law of 17 June 2021.
    [InlineData(2020, "01-01 01-20 02-17 05-25 07-04 09-07 10-12 11-11 11-26 12-25")]
    public Task The_federal_reserve_banks_are_closed_on_the_days_that_the_board_published(int year, string days) => SaysAsync("FEDERAL_RESERVE", year, days);

    // GOV.UK, UK bank holidays, England and Wales; earlier years: the London Gazette's proclamations.
    [Theory]
    [InlineData(1995, "01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26")]
    [InlineData(1999, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31")]
    [InlineData(2002, "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26")]
    [InlineData(2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27")]
    [InlineData(2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26")]
    [InlineData(2015, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28")]
    [InlineData(2016, "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27")]
    [InlineData(2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28")]
    [InlineData(2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28")]
    [InlineData(2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27")]
    [InlineData(2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26")]
    [InlineData(2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26")]
    [InlineData(2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26")]
    [InlineData(2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28")]
    [InlineData(2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28")]
    [InlineData(2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26")]
    public Task England_and_wales_have_the_bank_holidays_that_the_government_published(int year, string days) => SaysAsync("ENGLAND_AND_WALES", year, days);

    [Fact]
    public async Task Holidays_have_their_names_and_say_what_they_stand_for() => Assert.Equal(
        [
            "2026-12-25|Christmas Day|False|False",
            "2026-12-28|Boxing Day|False|True",
            "2022-09-19|Bank Holiday for the State Funeral of Queen Elizabeth II|True|False",
        ],
        await database.DataSource.RowsAsync(
            """
            (select day, name, is_one_off, is_substitute from pipeline.list_holidays('ENGLAND_AND_WALES', '2026-12-01', '2027-01-01') order by day)
            union all
            select day, name, is_one_off, is_substitute from pipeline.list_holidays('ENGLAND_AND_WALES', '2022-09-19', '2022-09-20')
            """));

    // Known dates: the earliest and the latest possible (1598, 1693, 1818, 1761, 2285; 1666, 1734, 1886, 1943, 2038), the exceptions of the epact (1954,
    // 1981, 2049, 2076), and 1990 to 2030 as churches and almanacs have them.
    [Theory]
    [InlineData("1598-03-22 1693-03-22 1761-03-22 1818-03-22 2285-03-22 1666-04-25 1734-04-25 1886-04-25 1943-04-25 2038-04-25")]
    [InlineData("1954-04-18 1981-04-19 2049-04-18 2076-04-19 1900-04-15 2100-03-28 2099-04-12 2052-04-21 1961-04-02 1700-04-11")]
    [InlineData("1990-04-15 1991-03-31 1992-04-19 1993-04-11 1994-04-03 1995-04-16 1996-04-07 1997-03-30 1998-04-12 1999-04-04")]
    [InlineData("2000-04-23 2001-04-15 2002-03-31 2003-04-20 2004-04-11 2005-03-27 2006-04-16 2007-04-08 2008-03-23 2009-04-12")]
    [InlineData("2010-04-04 2011-04-24 2012-04-08 2013-03-31 2014-04-20 2015-04-05 2016-03-27 2017-04-16 2018-04-01 2019-04-21")]
    [InlineData("2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21")]
    public async Task Easter_is_when_it_was_and_will_be(string days)
    {
        foreach (var day in days.Split(' ').Select(Day))
        {
            Assert.Equal(day, await ScalarAsync<DateOnly>("select pipeline.easter($1)", day.Year));
        }
    }

    // The Gregorian calendar's definition in words (Clavius): the Sunday after the ecclesiastical full moon on or after 21 March. Here by the tabular
    // epacts, which share no arithmetic with the function.
    [Fact]
    public async Task Easter_agrees_with_the_tables_of_epacts_for_four_thousand_years()
    {
        var computed = await database.DataSource.RowsAsync("select pipeline.easter(year) from generate_series(1583, 5582) as year order by year");

        Assert.Equal(Enumerable.Range(1583, 4000).Select(year => Text(EasterByEpacts(year))), computed);
    }

    [Theory]
    // Good Friday 2026-04-03 and Easter Monday 2026-04-06 are closed.
    [InlineData("TARGET2", "2026-04-01", 0, "2026-04-01")]
    [InlineData("TARGET2", "2026-04-01", 1, "2026-04-02")]
    [InlineData("TARGET2", "2026-04-01", 2, "2026-04-07")]
    [InlineData("TARGET2", "2026-04-03", 0, "2026-04-07")]
    [InlineData("TARGET2", "2026-04-03", 1, "2026-04-07")]
    [InlineData("TARGET2", "2026-04-03", 2, "2026-04-08")]
    [InlineData("TARGET2", "2026-04-07", -1, "2026-04-02")]
    [InlineData("TARGET2", "2026-04-04", -1, "2026-04-02")]
    [InlineData("TARGET2", "2026-04-04", -2, "2026-04-01")]
    // The Friday before a Saturday holiday is open.
    [InlineData("FEDERAL_RESERVE", "2026-07-02", 1, "2026-07-03")]
    [InlineData("FEDERAL_RESERVE", "2026-07-02", 2, "2026-07-06")]
    [InlineData("FEDERAL_RESERVE", "2027-07-02", 1, "2027-07-06")]
    [InlineData("ENGLAND_AND_WALES", "2026-12-24", 1, "2026-12-29")]
    [InlineData("ENGLAND_AND_WALES", "2027-12-24", 1, "2027-12-29")]
    [InlineData("ENGLAND_AND_WALES", "2020-05-01", 1, "2020-05-04")]
    [InlineData(null, "2026-04-02", 1, "2026-04-03")]
    [InlineData(null, "2026-04-04", 0, "2026-04-06")]
    [InlineData(null, "2026-04-05", -1, "2026-04-03")]
    public async Task Business_days_are_added_over_weekends_and_holidays(string? calendar, string day, int days, string expected) => Assert.Equal(
        expected,
        Text(await ScalarAsync<DateOnly>("select pipeline.add_business_days($1, $2, $3)", (object?)calendar ?? DBNull.Value, Day(day), days)));

    [Theory]
    [InlineData("TARGET2", "2026-04-01", "2026-04-07", 2)]
    [InlineData("TARGET2", "2026-04-07", "2026-04-01", -2)]
    [InlineData("TARGET2", "2026-04-02", "2026-04-06", 0)]
    [InlineData("TARGET2", "2026-01-01", "2026-12-31", 256)]
    [InlineData(null, "2026-04-02", "2026-04-06", 2)]
    public async Task Business_days_between_two_days_leave_out_the_first(string? calendar, string after, string through, int expected) => Assert.Equal(
        expected,
        await ScalarAsync<int>("select pipeline.count_business_days($1, $2, $3)", (object?)calendar ?? DBNull.Value, Day(after), Day(through)));

    [Fact]
    public async Task Every_answer_of_forty_years_equals_walking_day_by_day()
    {
        await AddCalendarAsync("WALKED", "england_and_wales", ("2026-01-03", true), ("2026-01-04", true), ("2026-01-05", false), ("2026-01-06", false), ("2026-02-28", true));

        foreach (var calendar in new[] { "TARGET2", "FEDERAL_RESERVE", "ENGLAND_AND_WALES", "WALKED" })
        {
            var closed = (await database.DataSource.RowsAsync($"select day from pipeline.list_calendar_days('{calendar}', '1990-01-01', '2040-01-01') where not is_business_day")).ToHashSet();
            var open = (await database.DataSource.RowsAsync($"select day from pipeline.list_calendar_days('{calendar}', '1990-01-01', '2040-01-01') where is_business_day")).ToHashSet();
            var days = Enumerable.Range(0, 365 * 40).Select(number => new DateOnly(1995, 1, 1).AddDays(number)).ToArray();
            bool IsOpen(DateOnly day) => open.Contains(Text(day)) || (!closed.Contains(Text(day)) && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
            DateOnly Walk(DateOnly day, int count)
            {
                for (var step = count < 0 ? -1 : 1; count != 0; count -= step)
                {
                    do
                    {
                        day = day.AddDays(step);
                    }
                    while (!IsOpen(day));
                }

                while (!IsOpen(day))
                {
                    day = day.AddDays(1);
                }

                return day;
            }

            var counted = 0;
            var expected = days.Select(day => string.Join('|', Text(day), IsOpen(day), Text(Walk(day, 0)), Text(Walk(day, 1)), Text(Walk(day, 3)), Text(Walk(day, -2)), counted += IsOpen(day) ? 1 : 0));

            Assert.Equal(expected, await database.DataSource.RowsAsync(
                $"""
                select
                    (day)::date,
                    pipeline.is_business_day('{calendar}', day::date),
                    pipeline.add_business_days('{calendar}', day::date, 0),
                    pipeline.add_business_days('{calendar}', day::date, 1),
                    pipeline.add_business_days('{calendar}', day::date, 3),
                    pipeline.add_business_days('{calendar}', day::date, -2),
                    pipeline.count_business_days('{calendar}', '1994-12-31', day::date)
                from generate_series('1995-01-01'::date, '1995-01-01'::date + 365 * 40 - 1, interval '1 day') as day
                order by day
                """));
        }
    }

    [Fact]
    public async Task A_calendar_of_ones_own_takes_the_rule_and_its_one_off_days_and_overrides_both()
    {
        await AddCalendarAsync("OWN", "england_and_wales", ("2022-09-19", true), ("2026-12-24", false), ("2026-05-02", true));

        Assert.Equal(
            ["True|False|False|True|False"],
            await database.DataSource.RowsAsync(
                """
                select
                    pipeline.is_business_day('OWN', '2022-09-19'),
                    pipeline.is_business_day('OWN', '2023-05-08'),
                    pipeline.is_business_day('OWN', '2026-12-24'),
                    pipeline.is_business_day('OWN', '2026-05-02'),
                    pipeline.is_business_day('OWN', '2026-05-04')
                """));
        Assert.False(await ScalarAsync<bool>("select pipeline.is_business_day('ENGLAND_AND_WALES', '2022-09-19')"));
    }

    [Fact]
    public async Task A_one_off_day_of_a_published_calendar_holds_in_every_calendar_of_its_rule()
    {
        await AddCalendarAsync("FOLLOWER", "target2");
        await AddCalendarAsync("TARGET2", null, ("2031-06-02", false));

        Assert.Equal(
            ["2031-06-03|2031-06-03|2031-06-02"],
            await database.DataSource.RowsAsync(
                """
                select
                    pipeline.add_business_days('TARGET2', '2031-06-02', 0),
                    pipeline.add_business_days('FOLLOWER', '2031-06-02', 0),
                    pipeline.add_business_days('FEDERAL_RESERVE', '2031-06-02', 0)
                """));
    }

    [Fact]
    public async Task What_is_kept_equals_what_rules_and_days_say_and_writing_it_again_changes_nothing()
    {
        await AddCalendarAsync("KEPT", "federal_reserve", ("2026-07-03", false));

        Assert.Equal(0L, await ScalarAsync<long>("select pipeline.refresh_calendars()"));
        Assert.Empty(await database.DataSource.RowsAsync(
            """
            (table settlement.calendar_exceptions except select * from pipeline.list_calendar_exceptions())
            union all
            (select * from pipeline.list_calendar_exceptions() except table settlement.calendar_exceptions)
            """));
    }

    [Theory]
    [InlineData("select pipeline.is_business_day('NOWHERE', '2026-01-01')", PostgresErrorCodes.UndefinedObject)]
    [InlineData("select pipeline.add_business_days('NOWHERE', '2026-01-01', 2)", PostgresErrorCodes.UndefinedObject)]
    [InlineData("select pipeline.count_business_days('NOWHERE', '2026-01-01', '2026-02-01')", PostgresErrorCodes.UndefinedObject)]
    [InlineData("select pipeline.add_business_days('TARGET2', '2100-12-31', 1)", PostgresErrorCodes.DatetimeFieldOverflow)]
    [InlineData("select pipeline.is_business_day('TARGET2', '1989-12-31')", PostgresErrorCodes.DatetimeFieldOverflow)]
    public async Task An_unknown_calendar_or_day_is_refused_not_answered_without_holidays(string statement, string state) =>
        Assert.Equal(state, (await database.DataSource.RefusalAsync(statement)).SqlState);

    [Fact]
    public async Task Nothing_in_nothing_out()
    {
        Assert.Equal(
            ["|||"],
            await database.DataSource.RowsAsync(
                """
                select
                    pipeline.is_business_day('TARGET2', null),
                    pipeline.add_business_days('TARGET2', null, 1),
                    pipeline.add_business_days(null, '2026-01-01', null),
                    pipeline.count_business_days(null, '2026-01-01', null)
                """));
    }

    [Fact]
    public async Task Open_settlements_follow_a_changed_day_and_closed_ones_do_not()
    {
        await AddCalendarAsync("MOVED", "target2");
        await database.DataSource.ExecuteAsync(
            """
            insert into public.merchants (merchant_id, merchant_name, settles_from) values ('CM', 'Shop', '2030-01-01');
            insert into settlement.terms (merchant_id, valid_from, delay_kind, calendar, author)
            values ('CM', '2030-01-01', 'business', 'MOVED', 'test'), ('CM', '2030-02-01', 'calendar', null, 'test');
            insert into public.settlements (settlement_id, merchant_id, expected_settlement_date, settlement_date, total_amount, commission_amount, net_amount,
                payment_count, status, currency, period_start, period_end, terms_id)
            select 'CM' || number, 'CM', ('2030-01-01'::date + number + 2), case when status = 'COMPLETED' then '2030-01-20'::date end, 1, 0, 1, 1, status, 'USD',
                '2030-01-01'::date + number, '2030-01-02'::date + number, terms_id
            from (values (7, 'PENDING'), (8, 'COMPLETED'), (9, 'FAILED'), (34, 'PENDING')) as made (number, status)
            inner join settlement.terms as terms on terms.merchant_id = 'CM' and (terms.valid_from = '2030-02-01') = (number = 34);
            """);
        Assert.Equal(0L, await ScalarAsync<long>("select pipeline.redate_settlements()"));

        await AddCalendarAsync("MOVED", null, ("2030-01-09", false), ("2030-01-10", false));

        Assert.Equal(1L, await ScalarAsync<long>("select pipeline.redate_settlements()"));
        Assert.Equal(
            ["CM34|2030-02-06", "CM7|2030-01-14", "CM8|2030-01-11", "CM9|2030-01-12"],
            await database.DataSource.RowsAsync("select settlement_id, expected_settlement_date from public.settlements where merchant_id = 'CM' order by settlement_id"));
    }

    [Fact]
    public async Task Changes_are_written_down()
    {
        var change = await ScalarAsync<long>(
            "select pipeline.write_change('fee', 'M1/7', 'created', 'ada', 'as agreed', null, '{\"percent\": 2}', '2026-01-02 03:04:05Z')");

        Assert.Equal(
            ["fee|M1/7|created|ada|as agreed||{\"percent\": 2}|2026-01-02T03:04:05Z"],
            await database.DataSource.RowsAsync($"select subject, subject_key, action, actor, note, before, after, acted_at from ops.changes where change_id = {change}"));
    }

    private async Task SaysAsync(string calendar, int year, string days) => Assert.Equal(
        days,
        string.Join(' ', await database.DataSource.RowsAsync(
            $"select to_char(day, 'MM-DD') from pipeline.list_holidays('{calendar}', '{year}-01-01', '{year + 1}-01-01') where day <> '2031-06-02' order by day")));

    private async Task<T> ScalarAsync<T>(string query, params object[] values)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await connection.ScalarAsync<T>(query, values);
    }

    private Task AddCalendarAsync(string calendar, string? rule, params (string Day, bool IsOpen)[] days) => database.DataSource.ExecuteAsync(
        $"""
        insert into settlement.calendars (calendar, calendar_name, rule, author)
        values ('{calendar}', '{calendar}', {(rule is null ? "null" : $"'{rule}'")}, 'test')
        on conflict do nothing;
        insert into settlement.calendar_days (calendar, day, is_business_day, name, author)
        select '{calendar}', day::date, is_open::boolean, 'one-off', 'test'
        from unnest('{Array(days.Select(day => day.Day))}'::text[], '{Array(days.Select(day => day.IsOpen.ToString()))}'::text[]) as said (day, is_open);
        select pipeline.refresh_calendars();
        """);

    private static string Array(IEnumerable<string> values) => $"{{{string.Join(',', values)}}}";

    private static DateOnly EasterByEpacts(int year)
    {
        var century = (year / 100) + 1;
        var golden = (year % 19) + 1;
        var solar = (3 * century / 4) - 12;
        var lunar = (((8 * century) + 5) / 25) - 5;
        var epact = ((11 * golden) + 20 + lunar - solar) % 30;
        epact = epact < 0 ? epact + 30 : epact;
        if (epact == 24 || (epact == 25 && golden > 11))
        {
            epact++;
        }

        var moon = new DateOnly(year, 3, 1).AddDays(44 - epact - 1);
        if (moon < new DateOnly(year, 3, 21))
        {
            moon = moon.AddDays(30);
        }

        return moon.AddDays(7 - (int)moon.DayOfWeek);
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
