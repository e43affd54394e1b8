using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Payments.Pipeline.RuleBooks;
using Payments.Risk.Rules;

namespace Payments.Api.Tests;

/// <summary>Rules, lists, suppressions and thresholds over the API, as scoring then finds them.</summary>
public sealed class RuleTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_rule_is_made_in_the_shadow_changed_and_turned_off_with_every_version_kept()
    {
        var before = await RulesVersionAsync();

        var (status, made) = await SendAsync(HttpMethod.Post, "/api/rules", """
            {"code": "CRYPTO_OVER_HABIT", "description": " Far over habit ", "expression": "payment_method = 'CRYPTO' and customer_amount_ratio > 5", "points": 20.5, "severity": "HIGH", "note": "two cases"}
            """);
        Assert.Equal(201, status);
        var rule = made.GetProperty("rule");
        Assert.Equal(
            ("CRYPTO_OVER_HABIT", 1, "Far over habit", "shadow", 20.5m, "HIGH", false, 0.2m, "local"),
            (Text(rule, "rule_code"), rule.GetProperty("version").GetInt32(), Text(rule, "description"), Text(rule, "mode"), rule.GetProperty("points").GetDecimal(), Text(rule, "severity"),
                rule.GetProperty("is_flag").GetBoolean(), rule.GetProperty("max_share").GetDecimal(), Text(rule, "author")));
        Assert.Equal(RuleMode.Shadow, (await StoredAsync()).Rules.All.Single(known => known.Code == "CRYPTO_OVER_HABIT").Mode);

        Assert.Equal("There is a rule CRYPTO_OVER_HABIT: change it by PUT /api/rules/CRYPTO_OVER_HABIT.", await ProblemAsync(
            HttpMethod.Post, "/api/rules", """{"code": "CRYPTO_OVER_HABIT", "description": "x", "expression": "amount > 1"}""", 409));

        var (changed, _) = await SendAsync(HttpMethod.Put, "/api/rules/CRYPTO_OVER_HABIT", """
            {"version": 1, "description": "Far over habit", "expression": "customer_amount_ratio > 6", "mode": "live", "floor_score": 75, "is_flag": true, "max_share": 0.05, "valid_from": "2026-01-01T01:00:00+01:00"}
            """);
        Assert.Equal(200, changed);
        var stored = (await StoredAsync()).Rules.All.Single(known => known.Code == "CRYPTO_OVER_HABIT");
        Assert.Equal(
            (2, "customer_amount_ratio > 6", RuleMode.Live, 0.0, 75.0, true, 0.05, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
            (stored.Version, stored.Expression.Text, stored.Mode, stored.Points, stored.Floor, stored.IsFlag, stored.MaxShare, stored.ValidFrom));

        Assert.Equal("The rule has version 2, made by local, not 1: look at it, then change that one.", await ProblemAsync(
            HttpMethod.Put, "/api/rules/CRYPTO_OVER_HABIT", """{"version": 1, "description": "x", "expression": "amount > 1"}""", 409));

        var (off, _) = await SendAsync(HttpMethod.Post, "/api/rules/CRYPTO_OVER_HABIT/mode", """{"version": 2, "mode": "off", "note": "too loud"}""");
        Assert.Equal(200, off);
        var detail = await JsonAsync("/api/rules/CRYPTO_OVER_HABIT");
        Assert.Equal(["3 off too loud", "2 live ", "1 shadow two cases"], detail.GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("version")} {Text(version, "mode")} {Text(version, "note")}"));
        Assert.Equal(75, detail.GetProperty("rule").GetProperty("floor_score").GetDecimal());
        Assert.Equal(before + 3, await RulesVersionAsync());

        var audit = (await JsonAsync("/api/rules/audit?subject=rule&subject_key=CRYPTO_OVER_HABIT")).EnumerateArray().ToList();
        Assert.Equal(["changed", "changed", "created"], audit.Select(change => Text(change, "action")));
        Assert.Equal(("live", "off", "local"), (Text(audit[0].GetProperty("before"), "mode"), Text(audit[0].GetProperty("after"), "mode"), Text(audit[0], "actor")));
        Assert.Equal(JsonValueKind.Null, audit[2].GetProperty("before").ValueKind);

        using var page = await _api.Client.GetAsync("/api/rules/audit?subject=rule&subject_key=CRYPTO_OVER_HABIT&limit=2");
        var next = page.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal(["created"], (await JsonAsync(next)).EnumerateArray().Select(change => Text(change, "action")));
    }

    [Fact]
    public async Task The_seeds_rules_are_listed_with_what_they_did()
    {
        await _store.ExecuteAsync(
            """
            insert into risk.rule_counts (counted_hour, rule_ids, evaluated, hits, capped)
            select date_trunc('hour', now(), 'UTC') - hours * interval '1 hour', array[rule_id], array[1000], array[300], array[100]
            from pipeline.current_rules()
            cross join unnest(array[0, 23, 24]) as hours
            where rule_code = 'CARD_TESTING'
            """);

        var rules = (await JsonAsync("/api/rules?mode=live")).EnumerateArray().ToDictionary(rule => Text(rule, "rule_code")!);

        Assert.Subset(rules.Keys.ToHashSet(), new HashSet<string> { "AMOUNT_OVER_10000", "REPEATED_FAILURES", "CUSTOMER_RISK_HIGH", "SCORE_OVER_70" });
        Assert.True(rules["SCORE_OVER_70"].GetProperty("uses_score").GetBoolean());
        Assert.True(rules["MERCHANT_FRAUD_RATE"].GetProperty("needs_labels").GetBoolean());
        Assert.All(rules.Values, rule => Assert.Equal(JsonValueKind.Null, rule.GetProperty("problem").ValueKind));
        var busy = rules["CARD_TESTING"];
        Assert.Equal((2000, 600, 200, true), (busy.GetProperty("recent_evaluated").GetInt64(), busy.GetProperty("recent_hits").GetInt64(), busy.GetProperty("recent_capped").GetInt64(), busy.GetProperty("is_capped").GetBoolean()));
        Assert.False(rules["NIGHT"].GetProperty("is_capped").GetBoolean());
        var hours = (await JsonAsync("/api/rules/CARD_TESTING/activity")).EnumerateArray().ToList();
        Assert.Equal(3, hours.Count);
        Assert.Equal((1, 300), (hours[0].GetProperty("version").GetInt32(), hours[0].GetProperty("hits").GetInt64()));
    }

    [Theory]
    [InlineData("""{"description": "x", "expression": "amount > 1"}""", "code", "must be 2 to 50 capitals")]
    [InlineData("""{"code": "lower", "description": "x", "expression": "amount > 1"}""", "code", "must be 2 to 50 capitals")]
    [InlineData("""{"code": "NEW", "expression": "amount > 1"}""", "description", "is required")]
    [InlineData("""{"code": "NEW", "description": "x"}""", "expression", "is required")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amont > 1"}""", "expression", "cannot be read. At character 1: There is no feature or attribute amont: is amount meant?")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "mode": "on"}""", "mode", "must be one of live, shadow, off")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "severity": "high"}""", "severity", "must be one of LOW")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "points": 101}""", "points", "from 0 to 100")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "points": 1.234}""", "points", "two decimals")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "floor_score": -1}""", "floor_score", "from 0 to 100")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "score > 1", "points": 1}""", "points", "must be 0 in a rule over score")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "max_share": 0}""", "max_share", "0.0001 to 1")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "valid_from": "2026-02-01T00:00:00Z", "valid_until": "2026-02-01T00:00:00Z"}""", "valid_until", "later than valid_from")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "valid_from": "0001-01-01T00:00:00Z"}""", "valid_from", "of the years 2000")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "sql": "drop"}""", "body", "$.sql is unknown")]
    [InlineData("""{"code": "NEW", "description": "x", "expression": "amount > 1", "points": "1"}""", "body", "$.points")]
    [InlineData("[", "body", "not the JSON")]
    public async Task What_is_wrong_with_a_rule_is_said_by_member_with_the_fix(string body, string member, string complaint)
    {
        var problem = await _api.ProblemAsync(Request(HttpMethod.Post, "/api/rules", body), 400);

        Assert.Contains(complaint, Assert.Single(problem.GetProperty("errors").GetProperty(member).EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expression_is_tried_without_a_rule()
    {
        var (_, valid) = await SendAsync(HttpMethod.Post, "/api/rules/validate", """{"expression": "score > 5 and merchant_fraud_rate_30d > 0.1"}""");
        Assert.True(valid.GetProperty("is_valid").GetBoolean() && valid.GetProperty("uses_score").GetBoolean() && valid.GetProperty("needs_labels").GetBoolean());
        Assert.Equal(["merchant_fraud_rate_30d", "score"], valid.GetProperty("terms").EnumerateArray().Select(term => term.GetString()));

        var (status, wrong) = await SendAsync(HttpMethod.Post, "/api/rules/validate", """{"expression": "amount > 'x'"}""");
        Assert.Equal((200, false), (status, wrong.GetProperty("is_valid").GetBoolean()));
        var fault = wrong.GetProperty("fault");
        Assert.Equal(("This is a text, but it is compared with a number.", 10, 3), (Text(fault, "message"), fault.GetProperty("position").GetInt32(), fault.GetProperty("length").GetInt32()));
        Assert.Equal("expression is required: when a rule would hit, for example amount > 10_000.", await ProblemAsync(HttpMethod.Post, "/api/rules/validate", "{}", 400));
    }

    [Fact]
    public async Task What_expressions_may_use_is_what_they_can_use()
    {
        var features = (await JsonAsync("/api/rules/features")).EnumerateArray().ToList();

        Assert.Equal(RuleVocabulary.Standard.All.Select(term => term.Name), features.Select(feature => Text(feature, "name")));
        Assert.Equal("text", Text(features.Single(feature => Text(feature, "name") == "payment_method"), "type"));
        foreach (var feature in features)
        {
            RuleExpression.Parse(Text(feature, "type") == "text" ? $"{Text(feature, "name")} is known" : $"{Text(feature, "name")} > 1");
        }
    }

    [Fact]
    public async Task A_party_is_listed_found_by_scoring_and_removed()
    {
        Assert.Equal("list is required: one of allow, block.", await ProblemAsync(HttpMethod.Post, "/api/lists", """{"party_kind": "country", "party": "kp", "reason": "x"}""", 400));
        Assert.Equal("party_kind must be one of customer, merchant, country.", await ProblemAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "bank", "party": "kp", "reason": "x"}""", 400));
        Assert.Equal("reason is required: a text of at most 1000 characters without control characters.", await ProblemAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "country", "party": "kp"}""", 400));
        Assert.Equal("expires_at must be later than now.", await ProblemAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "country", "party": "kp", "reason": "x", "expires_at": "2020-01-01T00:00:00Z"}""", 400));

        using var created = await _api.Client.SendAsync(Request(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "country", "party": "kp", "reason": "sanctions", "expires_at": "2999-01-01T00:00:00Z"}"""));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var location = created.Headers.Location!.OriginalString;
        var entry = await JsonAsync(location);
        Assert.Equal(("block", "country", "KP", "sanctions", "local", true), (Text(entry, "list"), Text(entry, "party_kind"), Text(entry, "party"), Text(entry, "reason"), Text(entry, "author"), entry.GetProperty("is_active").GetBoolean()));
        Assert.StartsWith("This country is on the block list", await ProblemAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "country", "party": "KP", "reason": "again"}""", 409), StringComparison.Ordinal);
        var (allowed, _) = await SendAsync(HttpMethod.Post, "/api/lists", """{"list": "allow", "party_kind": "customer", "party": "VIP-1", "reason": "known for years"}""");
        Assert.Equal(201, allowed);

        Assert.Equal(["KP"], (await JsonAsync("/api/lists?list=block&party_kind=country&active=true")).EnumerateArray().Select(row => Text(row, "party")));
        Assert.Equal("[]", await _api.GetAsync("/api/lists?party=KP&active=false"));
        var version = await RulesVersionAsync();
        var (removed, ended) = await SendAsync(HttpMethod.Delete, location, null);
        Assert.Equal((200, false, "local"), (removed, ended.GetProperty("is_active").GetBoolean(), Text(ended, "removed_by")));
        Assert.Equal(version + 1, await RulesVersionAsync());
        (removed, _) = await SendAsync(HttpMethod.Delete, location, null);
        Assert.Equal((200, version + 1), (removed, await RulesVersionAsync()));
        Assert.Equal("There is no entry 999999 of a list.", await ProblemAsync(HttpMethod.Delete, "/api/lists/999999", null, 404));
        Assert.Equal("[]", await _api.GetAsync("/api/lists?party=KP&active=true"));
        Assert.Equal(["removed", "created"], (await JsonAsync($"/api/rules/audit?subject=list&subject_key={location.Split('/')[^1]}")).EnumerateArray().Select(change => Text(change, "action")));
    }

    [Fact]
    public async Task A_rule_is_suppressed_for_a_party_and_no_longer()
    {
        Assert.Equal("rule_code is not the code of a rule; GET /api/rules lists them.", await ProblemAsync(HttpMethod.Post, "/api/suppressions", """{"rule_code": "NONE", "party_kind": "merchant", "party": "M1", "reason": "x"}""", 400));

        using var created = await _api.Client.SendAsync(Request(HttpMethod.Post, "/api/suppressions", """{"rule_code": "NIGHT", "party_kind": "merchant", "party": "M1", "reason": "a night shop"}"""));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var location = created.Headers.Location!.OriginalString;
        Assert.Equal("NIGHT", Text(await JsonAsync(location), "rule_code"));
        Assert.StartsWith("The rule is suppressed for this merchant", await ProblemAsync(HttpMethod.Post, "/api/suppressions", """{"rule_code": "NIGHT", "party_kind": "merchant", "party": "M1", "reason": "again"}""", 409), StringComparison.Ordinal);
        Assert.Single((await JsonAsync("/api/suppressions?rule_code=NIGHT&active=true")).EnumerateArray());

        var (removed, ended) = await SendAsync(HttpMethod.Delete, location, null);
        Assert.Equal((200, false), (removed, ended.GetProperty("is_active").GetBoolean()));
        Assert.Equal("[]", await _api.GetAsync("/api/suppressions?rule_code=NIGHT&active=true"));
        Assert.Equal("There is no suppression 999999.", await ProblemAsync(HttpMethod.Delete, "/api/suppressions/999999", null, 404));
    }

    [Fact]
    public async Task Thresholds_change_from_the_version_that_was_seen()
    {
        var seen = await JsonAsync("/api/risk/thresholds");
        var version = seen.GetProperty("version").GetInt32();
        Assert.Equal((70m, 90m), (seen.GetProperty("review").GetDecimal(), seen.GetProperty("block").GetDecimal()));

        Assert.Equal("review must be at most block.", await ProblemAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{version}}, "review": 91, "block": 90}""", 400));
        Assert.Equal("block is required: a number from 0 to 101 with at most two decimals.", await ProblemAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{version}}, "review": 60}""", 400));
        var (status, changed) = await SendAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{version}}, "review": 65.5, "block": 101, "note": "more hands"}""");
        Assert.Equal((200, version + 1, "more hands"), (status, changed.GetProperty("version").GetInt32(), Text(changed, "note")));
        Assert.Equal(new(65.5m, 101), (await StoredAsync()).Thresholds);
        Assert.StartsWith($"The thresholds have version {version + 1}", await ProblemAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{version}}, "review": 1, "block": 2}""", 409), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{version + 1}}, "review": 70, "block": 90}""");
    }

    [Fact]
    public async Task Of_two_who_change_one_version_one_is_told()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "RACED", "description": "x", "expression": "amount > 1"}""");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async point =>
            (await SendAsync(HttpMethod.Put, "/api/rules/RACED", $$"""{"version": 1, "description": "x", "expression": "amount > {{point}}"}""")).Status));

        Assert.Equal([200, 409, 409, 409, 409, 409, 409, 409], statuses.Order());
        Assert.Equal(2, (await JsonAsync("/api/rules/RACED")).GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public async Task A_rule_that_cannot_be_read_any_more_says_so_and_can_be_turned_off()
    {
        await _store.ExecuteAsync("insert into risk.rules (rule_code, rule_version, description, expression, mode, severity, author) values ('OF_OLD', 1, 'x', 'gone > 1', 'live', 'LOW', 'anna')");

        var rule = (await JsonAsync("/api/rules/OF_OLD")).GetProperty("rule");
        Assert.StartsWith("At character 1: There is no feature or attribute gone", Text(rule, "problem"), StringComparison.Ordinal);
        Assert.StartsWith("The rule's expression cannot be read any more", await ProblemAsync(HttpMethod.Post, "/api/rules/OF_OLD/mode", """{"version": 1, "mode": "shadow"}""", 409), StringComparison.Ordinal);
        var (status, _) = await SendAsync(HttpMethod.Post, "/api/rules/OF_OLD/mode", """{"version": 1, "mode": "off"}""");
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task A_backtest_is_a_run_of_its_own_with_its_result_kept()
    {
        Assert.Equal("from is required: the first UTC day, for example 2026-01-01.", await ProblemAsync(HttpMethod.Post, "/api/rules/backtest", """{"expression": "amount > 1"}""", 400));
        Assert.Equal("to must not be before from.", await ProblemAsync(HttpMethod.Post, "/api/rules/backtest", """{"expression": "amount > 1", "from": "2026-01-02", "to": "2026-01-01"}""", 400));
        Assert.Equal("to must be within 3660 days of from.", await ProblemAsync(HttpMethod.Post, "/api/rules/backtest", """{"expression": "amount > 1", "from": "2000-01-01", "to": "2026-01-01"}""", 400));
        Assert.Equal("expression is required: when the rule hits, for example amount > 10_000.", await ProblemAsync(HttpMethod.Post, "/api/rules/backtest", """{"from": "2026-01-01", "to": "2026-01-01"}""", 400));
        Assert.Equal("rule_code is not the code of a rule; GET /api/rules lists them.", await ProblemAsync(HttpMethod.Post, "/api/rules/backtest", """{"rule_code": "NONE", "from": "2026-01-01", "to": "2026-01-01"}""", 400));

        using var first = await _api.Client.SendAsync(Request(HttpMethod.Post, "/api/rules/backtest", """{"expression": "amount > 1", "from": "2026-01-01", "to": "2026-01-31"}"""));
        using var second = await _api.Client.SendAsync(Request(HttpMethod.Post, "/api/rules/backtest", """{"rule_code": "NIGHT", "from": "2026-01-01", "to": "2026-01-31"}"""));
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        var one = await JsonAsync(first.Headers.Location!.OriginalString);
        var other = await JsonAsync(second.Headers.Location!.OriginalString);
        Assert.Equal(("queued", null, "amount > 1", "2026-01-01", "2026-01-31", "local"), (Text(one, "status"), Text(one, "rule_code"), Text(one, "expression"), Text(one, "from_day"), Text(one, "to_day"), Text(one, "requested_by")));
        Assert.Equal(("NIGHT", "is_night"), (Text(other, "rule_code"), Text(other, "expression")));
        Assert.NotEqual(one.GetProperty("run_id").GetInt64(), other.GetProperty("run_id").GetInt64());
        Assert.Equal([Text(other, "expression")], (await JsonAsync("/api/rules/backtests?rule_code=NIGHT")).EnumerateArray().Select(backtest => Text(backtest, "expression")));

        var id = one.GetProperty("backtest_id").GetInt64();
        await _store.ExecuteAsync("select pipeline.finish_backtest(@id, '{\"hits\":3}', now())", new { id });
        await _store.FinishRunAsync(one.GetProperty("run_id").GetInt64(), "succeeded");
        one = await JsonAsync(first.Headers.Location!.OriginalString);
        Assert.Equal(("succeeded", 3), (Text(one, "status"), one.GetProperty("result").GetProperty("hits").GetInt32()));
        await _api.ProblemAsync("/api/rules/backtests/999999", 404);
    }

    [Fact]
    public async Task What_is_not_there_is_a_404()
    {
        Assert.Equal("There is no rule NONE; GET /api/rules lists them.", (await _api.ProblemAsync("/api/rules/NONE", 404)).GetProperty("detail").GetString());
        await ProblemAsync(HttpMethod.Put, "/api/rules/NONE", """{"version": 1, "description": "x", "expression": "amount > 1"}""", 404);
        await ProblemAsync(HttpMethod.Post, "/api/rules/NONE/mode", """{"version": 1, "mode": "off"}""", 404);
        Assert.Equal("version is required: the version of the rule that you saw; GET /api/rules/{code} shows it.", await ProblemAsync(HttpMethod.Post, "/api/rules/NIGHT/mode", """{"mode": "off"}""", 400));
        await _api.ProblemAsync("/api/lists/999999", 404);
        await _api.ProblemAsync("/api/suppressions/999999", 404);
    }

    private async Task<RuleBook> StoredAsync()
    {
        await using var connection = await fixture.Owner.OpenConnectionAsync();
        return await RuleStore.LoadAsync(connection, CancellationToken.None);
    }

    private Task<long> RulesVersionAsync() => _store.ScalarAsync<long>("select version from risk.versions where subject = 'rules'");

    private async Task<JsonElement> JsonAsync(string path) => JsonElement.Parse(await _api.GetAsync(path));

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = Request(method, path, body);
        using var response = await _api.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private async Task<string?> ProblemAsync(HttpMethod method, string path, string? body, int status) =>
        (await _api.ProblemAsync(Request(method, path, body), status)).GetProperty("detail").GetString();

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body) =>
        new(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
