using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Calendars, their holidays and one-off days over the API, and the changes that it keeps.</summary>
public sealed class CalendarTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task The_published_calendars_are_listed_with_their_sources()
    {
        var calendars = (await JsonAsync("/api/calendars")).EnumerateArray().Where(calendar => calendar.GetProperty("is_published").GetBoolean()).ToList();

        Assert.Equal(
            ["ENGLAND_AND_WALES england_and_wales", "FEDERAL_RESERVE federal_reserve", "TARGET2 target2"],
            calendars.Select(calendar => $"{Text(calendar, "calendar")} {Text(calendar, "rule")}"));
        Assert.All(calendars, calendar => Assert.NotEqual("", Text(calendar, "source")));
    }

    [Fact]
    public async Task A_calendar_shows_the_holidays_of_a_year_and_counts_its_business_days()
    {
        var year = await JsonAsync("/api/calendars/ENGLAND_AND_WALES?year=2026");

        Assert.Equal((2026, 253), (year.GetProperty("year").GetInt32(), year.GetProperty("business_days").GetInt32()));
        Assert.Equal(
            ["2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28"],
            year.GetProperty("days").EnumerateArray().Select(day => Text(day, "day")));
        var boxing = year.GetProperty("days")[7];
        Assert.Equal(("Boxing Day", true, false, false), (Text(boxing, "name"), boxing.GetProperty("is_substitute").GetBoolean(), boxing.GetProperty("is_one_off").GetBoolean(), boxing.GetProperty("is_business_day").GetBoolean()));

        var moved = (await JsonAsync("/api/calendars/ENGLAND_AND_WALES?year=2020")).GetProperty("days").EnumerateArray().Where(day => day.GetProperty("is_one_off").GetBoolean());
        Assert.Equal(["2020-05-04 True GOV.UK, 7 June 2019", "2020-05-08 False GOV.UK, 7 June 2019"], moved.Select(day => $"{Text(day, "day")} {day.GetProperty("is_business_day").GetBoolean()} {Text(day, "source")}"));
    }

    [Fact]
    public async Task Years_outside_those_that_are_kept_have_holidays_by_rule_too()
    {
        var year = await JsonAsync("/api/calendars/TARGET2?year=2345");

        Assert.Equal(JsonValueKind.Null, year.GetProperty("business_days").ValueKind);
        Assert.Equal(6, year.GetProperty("days").GetArrayLength());
        Assert.Equal(TimeProvider.System.GetUtcNow().Year, (await JsonAsync("/api/calendars/TARGET2")).GetProperty("year").GetInt32());
    }

    [Fact]
    public async Task A_calendar_of_ones_own_is_made_and_its_days_are_declared_and_taken_back()
    {
        var (status, made) = await SendAsync(HttpMethod.Post, "/api/calendars", """{"calendar": "OWN", "calendar_name": " Our bank ", "rule": "target2", "source": "annex 2", "note": "for the new bank"}""");
        Assert.Equal((201, "Our bank", "target2", false, "local", 0), (status, Text(made, "calendar_name"), Text(made, "rule"), made.GetProperty("is_published").GetBoolean(), Text(made, "author"), made.GetProperty("one_off_days").GetInt32()));
        Assert.Equal("There is a calendar OWN: GET /api/calendars/OWN shows it; take another code.", await DetailAsync(HttpMethod.Post, "/api/calendars", """{"calendar": "OWN", "calendar_name": "x"}""", 409));

        var (declared, day) = await SendAsync(HttpMethod.Post, "/api/calendars/OWN/days", """{"day": "2026-05-01", "is_business_day": true, "name": "We work", "note": "once"}""");
        Assert.Equal((201, true, "We work"), (declared, day.GetProperty("is_business_day").GetBoolean(), Text(day, "name")));
        Assert.Equal("2026-05-01", await DayAfterAsync("OWN", "2026-04-30"));
        Assert.Equal("2026-05-04", await DayAfterAsync("TARGET2", "2026-04-30"));
        Assert.Equal(
            "The day is declared in OWN already: DELETE /api/calendars/OWN/days/2026-05-01 first, then declare it anew.",
            await DetailAsync(HttpMethod.Post, "/api/calendars/OWN/days", """{"day": "2026-05-01", "is_business_day": false, "name": "x"}""", 409));

        var (removed, was) = await SendAsync(HttpMethod.Delete, "/api/calendars/OWN/days/2026-05-01", null);
        Assert.Equal((200, "We work"), (removed, Text(was, "name")));
        Assert.Equal("2026-05-04", await DayAfterAsync("OWN", "2026-04-30"));
        await DetailAsync(HttpMethod.Delete, "/api/calendars/OWN/days/2026-05-01", null, 404);

        var changes = (await JsonAsync("/api/changes?subject=calendar_day&subject_key=OWN/2026-05-01")).EnumerateArray().ToList();
        Assert.Equal(["removed local ", "created local once"], changes.Select(change => $"{Text(change, "action")} {Text(change, "actor")} {Text(change, "note")}"));
        Assert.Equal(("We work", JsonValueKind.Null), (Text(changes[0].GetProperty("before"), "name"), changes[0].GetProperty("after").ValueKind));
        Assert.Equal("for the new bank", Text(Assert.Single((await JsonAsync("/api/changes?subject=calendar&subject_key=OWN")).EnumerateArray()), "note"));
    }

    [Theory]
    [InlineData("/api/calendars", """{"calendar_name": "x"}""", "calendar", "is required: 1 to 30 capitals")]
    [InlineData("/api/calendars", """{"calendar": "lower", "calendar_name": "x"}""", "calendar", "is required: 1 to 30 capitals")]
    [InlineData("/api/calendars", """{"calendar": "NEW"}""", "calendar_name", "is required")]
    [InlineData("/api/calendars", """{"calendar": "NEW", "calendar_name": "x", "rule": "lunar"}""", "rule", "must be one of target2, federal_reserve, england_and_wales")]
    [InlineData("/api/calendars", """{"calendar": "NEW", "calendar_name": "x", "author": "me"}""", "body", "$.author is unknown")]
    [InlineData("/api/calendars/TARGET2/days", """{"is_business_day": false, "name": "x"}""", "day", "is required")]
    [InlineData("/api/calendars/TARGET2/days", """{"day": "1989-12-31", "is_business_day": false, "name": "x"}""", "day", "1990 to 2100")]
    [InlineData("/api/calendars/TARGET2/days", """{"day": "2026-02-30", "is_business_day": false, "name": "x"}""", "body", "$.day")]
    [InlineData("/api/calendars/TARGET2/days", """{"day": "2026-02-03", "name": "x"}""", "is_business_day", "is required: false for a closed day")]
    [InlineData("/api/calendars/TARGET2/days", """{"day": "2026-02-03", "is_business_day": false}""", "name", "is required")]
    public async Task What_is_wrong_is_said_by_member_with_the_fix(string path, string body, string member, string complaint)
    {
        var problem = await _api.ProblemAsync(Request(HttpMethod.Post, path, body), 400);

        Assert.Contains(complaint, Assert.Single(problem.GetProperty("errors").GetProperty(member).EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_unknown_is_not_found()
    {
        await _api.ProblemAsync("/api/calendars/NOWHERE", 404);
        await _api.ProblemAsync(Request(HttpMethod.Post, "/api/calendars/NOWHERE/days", """{"day": "2026-02-03", "is_business_day": false, "name": "x"}"""), 404);
        await _api.ProblemAsync(new HttpRequestMessage(HttpMethod.Delete, "/api/calendars/TARGET2/days/tomorrow"), 400);
        await _api.ProblemAsync("/api/calendars/TARGET2?year=1500", 400);
    }

    [Fact]
    public async Task Readers_see_calendars_and_operators_declare_days()
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", ("Api:Keys:0:Name", "rosa"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", Hash("r")),
            ("Api:Keys:1:Name", "olga"), ("Api:Keys:1:Role", "operator"), ("Api:Keys:1:Sha256", Hash("o")));

        Assert.Equal(401, await StatusAsync(api, HttpMethod.Get, "/api/calendars", null, null));
        Assert.Equal(200, await StatusAsync(api, HttpMethod.Get, "/api/calendars", "r", null));
        Assert.Equal(200, await StatusAsync(api, HttpMethod.Get, "/api/changes", "r", null));
        const string Day = """{"day": "2033-02-03", "is_business_day": false, "name": "x"}""";
        Assert.Equal(403, await StatusAsync(api, HttpMethod.Post, "/api/calendars/FEDERAL_RESERVE/days", "r", Day));
        Assert.Equal(201, await StatusAsync(api, HttpMethod.Post, "/api/calendars/FEDERAL_RESERVE/days", "o", Day));
        Assert.Equal("olga", await _store.ScalarAsync<string>("select actor from ops.changes where subject_key = 'FEDERAL_RESERVE/2033-02-03'"));
        Assert.Equal(403, await StatusAsync(api, HttpMethod.Delete, "/api/calendars/FEDERAL_RESERVE/days/2033-02-03", "r", null));
    }

    [Fact]
    public async Task Changes_are_filtered_and_paged_newest_first()
    {
        await _store.ExecuteAsync(
            """
            select pipeline.write_change('paged', 'K' || number, case when number % 2 = 0 then 'created' else 'ended' end, 'ada', null, null, null, '2024-03-01 00:00Z'::timestamptz + number * interval '12 hours')
            from generate_series(0, 5) as number
            """);

        Assert.Equal(["K5", "K4", "K3", "K2", "K1", "K0"], await KeysAsync("/api/changes?subject=paged"));
        Assert.Equal(["K4", "K2", "K0"], await KeysAsync("/api/changes?subject=paged&action=created"));
        Assert.Equal(["K3", "K2"], await KeysAsync("/api/changes?subject=paged&from=2024-03-02&to=2024-03-02"));
        Assert.Empty(await KeysAsync("/api/changes?subject=paged&actor=bob"));
        using var page = await _api.Client.GetAsync("/api/changes?subject=paged&limit=4");
        Assert.Equal(["K1", "K0"], await KeysAsync(page.Headers.GetValues("Link").Single().Split('<', '>')[1]));
    }

    [Fact]
    public async Task A_calendar_of_ones_own_is_deleted_unless_terms_name_it_and_shipped_ones_never_are()
    {
        foreach (var code in (string[])["GONE_SOON", "IN_USE"])
        {
            Assert.Equal(201, (await SendAsync(HttpMethod.Post, "/api/calendars", $$"""{"calendar": "{{code}}", "calendar_name": "A test"}""")).Status);
            Assert.Equal(201, (await SendAsync(HttpMethod.Post, $"/api/calendars/{code}/days", """{"day": "2026-05-11", "is_business_day": false, "name": "Works outing"}""")).Status);
        }

        await _store.ExecuteAsync(
            """
            insert into public.merchants (merchant_id, merchant_name, settles_from) values ('CAL-B', 'B', '2026-01-01'), ('CAL-A', 'A', '2026-01-01');
            insert into settlement.terms (merchant_id, valid_from, valid_until, calendar, author)
            values ('CAL-B', '2026-01-01', '2026-02-01', 'IN_USE', 'test'), ('CAL-A', '2026-01-01', null, 'IN_USE', 'test'), ('CAL-B', '2026-02-01', null, null, 'test')
            """);

        var used = await _api.ProblemAsync(Request(HttpMethod.Delete, "/api/calendars/IN_USE", null), 409);
        Assert.Contains("is used by 2 settlement terms", Text(used, "detail"), StringComparison.Ordinal);
        Assert.Equal(["CAL-A", "CAL-B"], used.GetProperty("merchant_ids").EnumerateArray().Select(merchant => merchant.GetString()));
        Assert.Equal(2, used.GetProperty("terms_ids").GetArrayLength());
        Assert.Contains("came with the platform", await DetailAsync(HttpMethod.Delete, "/api/calendars/TARGET2", null, 409), StringComparison.Ordinal);
        await _api.ProblemAsync(Request(HttpMethod.Delete, "/api/calendars/NO_SUCH", null), 404);

        var (status, gone) = await SendAsync(HttpMethod.Delete, "/api/calendars/GONE_SOON", null);
        Assert.Equal((200, "GONE_SOON", 1L), (status, Text(gone, "calendar"), gone.GetProperty("one_off_days").GetInt64()));
        await _api.ProblemAsync("/api/calendars/GONE_SOON", 404);
        await _api.ProblemAsync(Request(HttpMethod.Delete, "/api/calendars/GONE_SOON", null), 404);
        Assert.Equal(
            "deleted local 1",
            await _store.ScalarAsync<string>("select concat_ws(' ', action, actor, jsonb_array_length(before -> 'days')) from ops.changes where subject = 'calendar' and subject_key = 'GONE_SOON' order by change_id desc limit 1"));
        Assert.Equal(0, await _store.ScalarAsync<long>("select count(*) from settlement.calendar_exceptions where calendar = 'GONE_SOON'"));
        Assert.Equal(201, (await SendAsync(HttpMethod.Post, "/api/calendars", """{"calendar": "GONE_SOON", "calendar_name": "Anew"}""")).Status);
    }

    private async Task<string[]> KeysAsync(string path) => [.. (await JsonAsync(path)).EnumerateArray().Select(change => Text(change, "subject_key")!)];

    private Task<string> DayAfterAsync(string calendar, string day) =>
        _store.ScalarAsync<string>("select pipeline.add_business_days(@calendar, @day::date, 1)::text", new { calendar, day });

    private static async Task<int> StatusAsync(ApiHost api, HttpMethod method, string path, string? key, string? body)
    {
        using var request = Request(method, path, body);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        using var response = await api.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await _api.GetAsync(path)).RootElement;

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using var response = await _api.Client.SendAsync(Request(method, path, body));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<string> DetailAsync(HttpMethod method, string path, string? body, int status) => (await _api.ProblemAsync(Request(method, path, body), status)).GetProperty("detail").GetString()!;

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body) =>
        new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
