using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

public sealed class SlaTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Fact]
    public async Task Incidents_are_listed_by_what_is_asked_for_page_by_page()
    {
        await AddAsync("LI", 5, "LI-1:-9:USD:", "LI-2:-3:JPY:", "LI-3:-6:USD:-2", "LI-4:1:USD:");
        Assert.Equal((string[])["LI-2", "LI-3", "LI-1"], await IdsAsync("merchant_id=LI"));
        Assert.Equal((string[])["LI-2", "LI-1"], await IdsAsync("merchant_id=LI&state=active"));
        Assert.Equal((string[])["LI-3"], await IdsAsync("merchant_id=LI&state=closed&outcome=late"));
        Assert.Equal((string[])["LI-2"], await IdsAsync("merchant_id=LI&currency=JPY&acknowledged=false"));
        Assert.Equal((string[])[], await IdsAsync("merchant_id=LI&acknowledged=true"));
        Assert.Equal((string[])["LI-3", "LI-1"], await IdsAsync($"merchant_id=LI&to={Today.AddDays(-6):yyyy-MM-dd}"));
        Assert.Equal((string[])["LI-2"], await IdsAsync($"merchant_id=LI&from={Today.AddDays(-4):yyyy-MM-dd}"));

        var seen = new List<string>();
        for (var next = "/api/sla/incidents?merchant_id=LI&limit=1"; next is not null;)
        {
            using var page = await _api.Client.GetAsync(next);
            seen.AddRange((await page.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(row => row.GetProperty("settlement_id").GetString()!));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal((string[])["LI-2", "LI-3", "LI-1"], seen);
        var row = JsonDocument.Parse(await _api.GetAsync("/api/sla/incidents?merchant_id=LI&currency=JPY")).RootElement[0];
        Assert.Equal(
            ("escalated", 3, "5000", "8", "JPY", "Default"),
            (Text(row, "state"), row.GetProperty("days_delayed").GetInt32(), row.GetProperty("net_amount").GetRawText(), row.GetProperty("penalty_amount").GetRawText(), Text(row, "currency"), Text(row, "policy_name")));
    }

    [Fact]
    public async Task An_incident_has_its_timeline_and_what_operators_do_to_it_is_kept_and_audited()
    {
        await AddAsync("OP", 5, "OP-1:-2:USD:");

        var seen = await StepAsync("OP-1", "acknowledge", new { note = "on it" });
        Assert.Equal(("local", "open"), (Text(seen.GetProperty("incident"), "acknowledged_by"), Text(seen.GetProperty("incident"), "state")));
        await RefusalAsync("OP-1", "acknowledge", new { }, 409);
        Assert.Equal("anna", Text((await StepAsync("OP-1", "assign", new { assignee = "anna" })).GetProperty("incident"), "assignee"));
        Assert.Equal("local", Text((await StepAsync("OP-1", "assign", new { })).GetProperty("incident"), "assignee"));
        await StepAsync("OP-1", "unassign", new { });
        await RefusalAsync("OP-1", "unassign", new { }, 409);
        var account = await StepAsync("OP-1", "notes", new { note = "called; no answer" });

        Assert.Equal(
            ["opened system 1", "acknowledged local 2", "assigned local 2", "assigned local 2", "unassigned local 2", "noted local 2"],
            account.GetProperty("timeline").EnumerateArray().Select(step => $"{Text(step, "step")} {Text(step, "actor")} {step.GetProperty("days_delayed")}"));
        Assert.Equal("called; no answer", Text(account.GetProperty("timeline")[5], "note"));
        Assert.Equal("Default", Text(account.GetProperty("policy"), "policy_name"));
        Assert.Equal(5, await _store.ScalarAsync<long>("select count(*) from ops.changes where subject = 'sla_incident' and subject_key = 'OP-1' and actor = 'local'"));

        await _store.ExecuteAsync("update settlements set status = 'COMPLETED', settlement_date = @today where settlement_id = 'OP-1'", new { today = Today });
        await CheckAsync();
        await RefusalAsync("OP-1", "acknowledge", new { }, 409);
        await RefusalAsync("OP-1", "assign", new { }, 409);
        await StepAsync("OP-1", "notes", new { note = "paid" });
        Assert.Equal("closed", Text(JsonDocument.Parse(await _api.GetAsync("/api/sla/incidents/OP-1")).RootElement.GetProperty("incident"), "state"));
    }

    [Fact]
    public async Task Policies_are_added_listed_and_ended_and_audited()
    {
        await AddAsync("PO", 5);
        using var added = await _api.Client.PostAsJsonAsync("/api/sla/policies", new
        {
            merchant_id = "PO",
            currency = "EUR",
            policy_name = "Contract",
            valid_from = "2026-01-01",
            warning_days = 1,
            warning_day_kind = "business",
            escalation_days = 2,
            penalty_basis = "fixed",
            penalty_tiers = new[] { new { from_day = 1, rate = 12.5m }, new { from_day = 4, rate = 20m } },
            penalty_cap = 100,
            target_share = 99.5,
            note = "as signed",
        });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var policy = await added.Content.ReadFromJsonAsync<JsonElement>();
        using (var again = await _api.Client.PostAsync("/api/sla/policies", new StringContent(await added.RequestMessage!.Content!.ReadAsStringAsync(), System.Text.Encoding.UTF8, "application/json")))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            Assert.Equal(policy.GetProperty("policy_id").GetInt64(), (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("policy_id").GetInt64());
        }

        using (var page = await _api.Client.GetAsync("/api/sla/policies?currency=EUR&limit=1")) Assert.Equal([policy.GetProperty("policy_id").GetInt64()], (await page.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(row => row.GetProperty("policy_id").GetInt64()));
        using (var page = await _api.Client.GetAsync("/api/sla/policies?limit=1")) Assert.Equal(1, JsonDocument.Parse(await _api.GetAsync(page.Headers.GetValues("Link").Single().Split('<', '>')[1])).RootElement.GetArrayLength());
        Assert.Equal(added.Headers.Location!.ToString(), $"/api/sla/policies/{policy.GetProperty("policy_id")}");
        var text = policy.GetRawText().Replace(": ", ":", StringComparison.Ordinal).Replace(", ", ",", StringComparison.Ordinal);
        Assert.Contains(
            ""","merchant_id":"PO","currency":"EUR","policy_name":"Contract","valid_from":"2026-01-01","valid_until":null,"warning_days":1,"warning_day_kind":"business","escalation_days":2,"escalation_day_kind":"calendar","penalty_basis":"fixed","penalty_day_kind":"calendar","penalty_tiers":[{"rate":12.5,"from_day":1},{"rate":20,"from_day":4}],"penalty_cap":100,"target_share":99.50,"author":"local","note":"as signed",""",
            text,
            StringComparison.Ordinal);
        Assert.Equal(policy.GetRawText(), await _api.GetAsync(added.Headers.Location.ToString()));
        Assert.Contains("\"Contract\"", await _api.GetAsync("/api/sla/policies?merchant_id=PO&valid_on=2026-05-01"), StringComparison.Ordinal);

        using (var early = await _api.Client.PostAsJsonAsync($"{added.Headers.Location}/end", new { valid_until = "2026-01-01" })) Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        using (var ended = await _api.Client.PostAsJsonAsync($"{added.Headers.Location}/end", new { valid_until = "2026-04-01", note = "sold" })) Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal("[]", await _api.GetAsync("/api/sla/policies?merchant_id=PO&valid_on=2026-05-01"));
        Assert.Equal(
            "created as signed, changed sold",
            await _store.ScalarAsync<string>("select string_agg(action || ' ' || note, ', ' order by change_id) from ops.changes where subject = 'sla_policy' and subject_key = @id", new { id = policy.GetProperty("policy_id").GetRawText() }));
    }

    [Theory]
    [InlineData("""{}""", "policy_name")]
    [InlineData("""{"policy_name":"x","target_share":95}""", "valid_from")]
    [InlineData("""{"policy_name":"x","valid_from":"1820-01-01","target_share":95}""", "valid_from")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","valid_until":"2026-01-01","target_share":95}""", "valid_until")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01"}""", "target_share")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":100.01}""", "target_share")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"warning_days":61}""", "warning_days")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"escalation_days":0}""", "escalation_days")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"warning_day_kind":"moon"}""", "warning_day_kind")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"merchant_id":"NOBODY"}""", "merchant_id")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"merchant_id":"a\u0000b"}""", "merchant_id")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"currency":"XXX"}""", "currency")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"currency":"'; "}""", "currency")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent"}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_tiers":[{"from_day":1,"rate":1}]}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent","penalty_tiers":[{"from_day":2,"rate":1},{"from_day":2,"rate":3}]}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent","penalty_tiers":[{"from_day":1,"rate":-1}]}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent","penalty_tiers":[{"from_day":1,"rate":101}]}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent","penalty_tiers":[null]}""", "penalty_tiers")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"percent","penalty_tiers":[{"from_day":1,"rate":1}],"penalty_cap":0}""", "penalty_cap")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_cap":1}""", "penalty_cap")]
    [InlineData("""{"policy_name":"x","valid_from":"2026-01-01","target_share":95,"penalty_basis":"fixed","penalty_tiers":[{"from_day":1,"rate":1}]}""", "currency")]
    public async Task A_policy_that_cannot_be_kept_is_refused_and_the_answer_names_the_member(string body, string member)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sla/policies") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        var problem = await _api.ProblemAsync(request, 400);
        Assert.Equal([member], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("GET", "/api/sla/incidents", 401, 200, 200, 200)]
    [InlineData("GET", "/api/sla/incidents/NONE", 401, 404, 404, 404)]
    [InlineData("GET", "/api/sla/policies", 401, 200, 200, 200)]
    [InlineData("GET", "/api/sla/policies/999999", 401, 404, 404, 404)]
    [InlineData("GET", "/api/sla/forecast", 401, 200, 200, 200)]
    [InlineData("GET", "/api/sla/figures", 401, 200, 200, 200)]
    [InlineData("POST", "/api/sla/incidents/NONE/acknowledge", 401, 403, 404, 404)]
    [InlineData("POST", "/api/sla/incidents/NONE/assign", 401, 403, 404, 404)]
    [InlineData("POST", "/api/sla/incidents/NONE/unassign", 401, 403, 404, 404)]
    [InlineData("POST", "/api/sla/incidents/NONE/notes", 401, 403, 404, 404)]
    [InlineData("POST", "/api/sla/policies", 401, 403, 403, 400)]
    [InlineData("POST", "/api/sla/policies/999999/end", 401, 403, 403, 404)]
    public async Task Readers_read_operators_follow_incidents_and_administrators_change_policies(string method, string path, int nobody, int reader, int @operator, int admin)
    {
        using var api = new ApiHost(fixture.ConnectionString, "Production", Keys);
        foreach (var (key, status) in ((string?, int)[])[(null, nobody), ("wrong", nobody), ("sla-read", reader), ("sla-operate", @operator), ("sla-admin", admin)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (key is not null) request.Headers.Add("X-Api-Key", key);
            var body = path switch
            {
                _ when method == "GET" => null,
                _ when path.EndsWith("/notes", StringComparison.Ordinal) => """{"note": "seen"}""",
                _ when path.EndsWith("/end", StringComparison.Ordinal) => """{"valid_until": "2030-01-01"}""",
                _ => "{}",
            };
            if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await api.Client.SendAsync(request);
            Assert.True(status == (int)response.StatusCode, $"{method} {path} with {key ?? "no key"}: {(int)response.StatusCode} instead of {status}");
        }
    }

    private static readonly (string, string)[] Keys =
    [
        ("Api:Keys:0:Name", "dashboard"), ("Api:Keys:0:Role", "reader"), ("Api:Keys:0:Sha256", Hash("sla-read")),
        ("Api:Keys:1:Name", "follower"), ("Api:Keys:1:Role", "operator"), ("Api:Keys:1:Sha256", Hash("sla-operate")),
        ("Api:Keys:2:Name", "owner"), ("Api:Keys:2:Role", "admin"), ("Api:Keys:2:Sha256", Hash("sla-admin")),
    ];

    private static string Hash(string key) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("/api/sla/incidents?state=late", "state")]
    [InlineData("/api/sla/incidents?outcome='", "outcome")]
    [InlineData("/api/sla/incidents?acknowledged=maybe", "acknowledged")]
    [InlineData("/api/sla/incidents?from=2026-02-30", "from")]
    [InlineData("/api/sla/incidents?limit=0", "limit")]
    [InlineData("/api/sla/incidents?after=zzz", "after")]
    [InlineData("/api/sla/incidents?merchant=M", "merchant")]
    [InlineData("/api/sla/policies?valid_on=today", "valid_on")]
    [InlineData("/api/sla/forecast?days=0", "days")]
    [InlineData("/api/sla/forecast?days=32", "days")]
    [InlineData("/api/sla/forecast?min_probability=NaN", "min_probability")]
    [InlineData("/api/sla/forecast?min_probability=1.1", "min_probability")]
    [InlineData("/api/sla/figures?by_currency=1", "by_currency")]
    [InlineData("/api/sla/figures?from=2026-13-01", "from")]
    public async Task A_bad_parameter_is_a_400_that_names_it(string path, string parameter) =>
        Assert.Equal([parameter], (await _api.ProblemAsync(path, 400)).GetProperty("errors").EnumerateObject().Select(error => error.Name));

    [Fact]
    public async Task What_is_not_there_is_a_404_and_texts_of_any_kind_find_nothing()
    {
        await _api.ProblemAsync("/api/sla/incidents/NOTHING", 404);
        await _api.ProblemAsync($"/api/sla/incidents/{new string('x', 300)}", 404);
        await _api.ProblemAsync("/api/sla/incidents/%27%3Bdrop%20table", 404);
        await _api.ProblemAsync("/api/sla/policies/9223372036854775807", 404);
        await RefusalAsync("NOTHING", "acknowledge", new { }, 404);
        await RefusalAsync("NOTHING", "notes", new { }, 400);
        Assert.Equal("[]", await _api.GetAsync("/api/sla/incidents?merchant_id=%27%20or%201%3D1"));
    }

    [Fact]
    public async Task The_forecast_tells_what_may_become_late_likeliest_first_and_figures_tell_the_months()
    {
        await AddAsync("FC", 5, [.. Enumerable.Range(1, 20).Select(day => $"FC-P{day}:{-day - 1}:USD:{(day % 4 == 0 ? -day : -day - 1)}"), "FC-N0:0:USD:", "FC-N2:2:USD:", "FC-N3:3:USD:"]);
        await _store.ExecuteAsync("update settlements set status = 'FAILED' where settlement_id = 'FC-N2'");
        var rows = JsonDocument.Parse(await _api.GetAsync("/api/sla/forecast?merchant_id=FC&min_probability=0")).RootElement.EnumerateArray().ToArray();
        Assert.Equal(["FC-N2 payout_failed", "FC-N0"], rows.Select(row => Text(row, "settlement_id") == "FC-N2" ? $"FC-N2 {Text(row, "reason")}" : Text(row, "settlement_id")!));
        Assert.Equal((20, 5, 25.0m), (rows[1].GetProperty("history_settlements").GetInt32(), rows[1].GetProperty("history_late").GetInt32(), rows[1].GetProperty("late_share").GetDecimal()));
        Assert.Equal("[]", await _api.GetAsync("/api/sla/forecast?merchant_id=FC&min_probability=1"));
        Assert.Equal(3, JsonDocument.Parse(await _api.GetAsync("/api/sla/forecast?merchant_id=FC&min_probability=0&days=4")).RootElement.GetArrayLength());

        var months = JsonDocument.Parse(await _api.GetAsync("/api/sla/figures?merchant_id=FC")).RootElement.EnumerateArray().ToArray();
        Assert.Equal((20, 15, 5), (months.Sum(month => month.GetProperty("settlements").GetInt32()), months.Sum(month => month.GetProperty("on_time").GetInt32()), months.Sum(month => month.GetProperty("late").GetInt32())));
        Assert.Equal(await _api.GetAsync("/api/sla/figures?merchant_id=FC"), await _api.GetAsync("/api/sla/figures?merchant_id=FC&by_currency=true"));
        Assert.Equal("[]", await _api.GetAsync($"/api/sla/figures?merchant_id=FC&from={Today.AddDays(40):yyyy-MM-dd}"));
    }

    private static string? Text(JsonElement row, string member) => row.GetProperty(member).GetString();

    private async Task<string[]> IdsAsync(string filter) =>
        [.. JsonDocument.Parse(await _api.GetAsync($"/api/sla/incidents?{filter}")).RootElement.EnumerateArray().Select(row => row.GetProperty("settlement_id").GetString()!)];

    private async Task<JsonElement> StepAsync(string id, string step, object body)
    {
        using var response = await _api.Client.PostAsJsonAsync($"/api/sla/incidents/{id}/{step}", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<JsonElement> RefusalAsync(string id, string step, object body, int status) =>
        _api.ProblemAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/sla/incidents/{id}/{step}") { Content = JsonContent.Create(body) }, status);

    /// <summary>Settlements of a merchant: id, expected and paid in days from today, currency; and a check as of today.</summary>
    private async Task AddAsync(string merchant, int thousands, params string[] settlements)
    {
        await _store.ExecuteAsync("insert into merchants (merchant_id, merchant_name) values (@merchant, @merchant)", new { merchant });
        foreach (var parts in settlements.Select(text => text.Split(':')))
        {
            await _store.ExecuteAsync(
                """
                insert into settlements (settlement_id, merchant_id, expected_settlement_date, total_amount, commission_amount, net_amount, payment_count, currency, period_start, period_end, status, settlement_date)
                values (@id, @merchant, @today::date + @expected, @net, 0, @net, 1, @currency, @today::date + @expected - 2, @today::date + @expected - 1, case when @paid::int is null then 'PENDING' else 'COMPLETED' end, @today::date + @paid::int)
                """,
                new { id = parts[0], merchant, today = Today, expected = int.Parse(parts[1], null), currency = parts[2], paid = parts[3] == "" ? (int?)null : int.Parse(parts[3], null), net = thousands * 1000m });
        }

        await CheckAsync();
    }

    private Task CheckAsync() => _store.ExecuteAsync("select * from pipeline.check_sla(@today::date, now())", new { today = Today });
}
