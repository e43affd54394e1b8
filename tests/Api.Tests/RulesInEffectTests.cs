using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>What a change of rules, lists and thresholds does to payments that come next, over the API and in files, without a restart.</summary>
public sealed class RulesInEffectTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        if (await _store.ScalarAsync<long>("select count(*) from public.merchants") > 0) return;
        await _store.ImportAsync("customers", "customer_id,country\nC1,DE\nC2,DE\nC3,FR\n");
        await _store.ImportAsync("merchants", "merchant_id\nM1\n");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_blocked_customer_is_blocked_and_flagged_from_the_next_payment_on_until_taken_off_the_list()
    {
        var before = await PayAsync("B1", "C1", 10);
        Assert.Equal(("APPROVE", false), (Text(before, "decision"), before.GetProperty("is_suspicious").GetBoolean()));

        var entry = await SendAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "customer", "party": "C1", "reason": "chargebacks in May"}""");
        var blocked = await PayAsync("B2", "C1", 10);
        Assert.Equal(("BLOCK", true, 90m), (Text(blocked, "decision"), blocked.GetProperty("is_suspicious").GetBoolean(), blocked.GetProperty("risk_score").GetDecimal()));
        Assert.Contains(blocked.GetProperty("reasons").EnumerateArray(), reason => Text(reason, "code") == "BLOCK_LIST" && Text(reason, "text") == "The customer C1 is blocked: chargebacks in May.");
        await ImportAsync(("B3", "C1", 10), ("B4", "C2", 10));
        Assert.Equal("B3 90.00 t BLOCK, B4 0.00 f ", await StoredAsync("B3", "B4"));

        await SendAsync(HttpMethod.Delete, $"/api/lists/{entry.GetProperty("entry_id").GetInt64()}", null);
        Assert.Equal("APPROVE", Text(await PayAsync("B5", "C1", 10), "decision"));
    }

    [Fact]
    public async Task An_allowed_customer_stays_under_review_but_its_flags_stay_and_a_block_goes_before()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "TO_BLOCK", "description": "Everything of 700", "expression": "amount = 700", "mode": "live", "floor_score": 95, "is_flag": true}""");
        Assert.Equal("BLOCK", Text(await PayAsync("A1", "C3", 700), "decision"));

        await SendAsync(HttpMethod.Post, "/api/lists", """{"list": "allow", "party_kind": "customer", "party": "C3", "reason": "known for years"}""");
        var allowed = await PayAsync("A2", "C3", 700);
        Assert.Equal(("APPROVE", true, 69.99m), (Text(allowed, "decision"), allowed.GetProperty("is_suspicious").GetBoolean(), allowed.GetProperty("risk_score").GetDecimal()));

        await SendAsync(HttpMethod.Post, "/api/lists", """{"list": "block", "party_kind": "country", "party": "fr", "reason": "for an hour"}""");
        Assert.Equal("BLOCK", Text(await PayAsync("A3", "C3", 700), "decision"));
    }

    [Fact]
    public async Task A_shadow_rule_is_counted_and_changes_nothing_until_it_is_live_and_not_for_whom_it_is_suppressed()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "SHADOWED", "description": "Amount of 55", "expression": "amount = 55", "floor_score": 80}""");
        Assert.Equal(("APPROVE", 0m), Answer(await PayAsync("S1", "C2", 55)));

        await SendAsync(HttpMethod.Post, "/api/rules/SHADOWED/mode", """{"version": 1, "mode": "live"}""");
        var live = await PayAsync("S2", "C2", 55);
        Assert.Equal(("REVIEW", 80m), Answer(live));
        Assert.Equal("Amount of 55: amount is 55.00 USD, exactly 55.", Text(live.GetProperty("reasons").EnumerateArray().Single(reason => Text(reason, "code") == "SHADOWED"), "text"));

        await SendAsync(HttpMethod.Post, "/api/suppressions", """{"rule_code": "SHADOWED", "party_kind": "merchant", "party": "M1", "reason": "sells at 55"}""");
        Assert.Equal(("APPROVE", 0m), Answer(await PayAsync("S3", "C2", 55)));

        var hours = JsonElement.Parse(await _api.GetAsync("/api/rules/SHADOWED/activity")).EnumerateArray().ToList();
        Assert.Equal((1, 1), (Sum(hours, 1, "evaluated"), Sum(hours, 1, "hits")));
        Assert.Equal((2, 1), (Sum(hours, 2, "evaluated"), Sum(hours, 2, "hits")));
    }

    [Fact]
    public async Task Thresholds_decide_from_the_next_payment_on()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "AT_66", "description": "Amount of 66", "expression": "amount = 66", "mode": "live", "floor_score": 66}""");
        Assert.Equal(("APPROVE", 66m), Answer(await PayAsync("T1", "C2", 66)));

        var seen = JsonElement.Parse(await _api.GetAsync("/api/risk/thresholds")).GetProperty("version").GetInt32();
        await SendAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{seen}}, "review": 60, "block": 66}""");
        Assert.Equal(("BLOCK", 66m), Answer(await PayAsync("T2", "C2", 66)));
        await SendAsync(HttpMethod.Put, "/api/risk/thresholds", $$"""{"version": {{seen + 1}}, "review": 70, "block": 90}""");
    }

    [Fact]
    public async Task A_rule_that_suddenly_hits_everything_does_not_block_everything()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "GONE_BAD", "description": "Any amount", "expression": "amount >= 1000 and amount < 1001", "mode": "live", "floor_score": 95}""");
        await ImportAsync([.. Enumerable.Range(0, 3000).Select(number => ($"G{number}", "C2", 1000m))]);

        Assert.Equal(199, await _store.ScalarAsync<long>("select count(*) from risk.assessments where payment_id like 'G%' and decision = 'BLOCK'"));
        var rule = JsonElement.Parse(await _api.GetAsync("/api/rules/GONE_BAD")).GetProperty("rule");
        Assert.Equal((3000, 3000, 2801, true), (rule.GetProperty("recent_evaluated").GetInt64(), rule.GetProperty("recent_hits").GetInt64(), rule.GetProperty("recent_capped").GetInt64(), rule.GetProperty("is_capped").GetBoolean()));
        Assert.Equal(["capped", "created"], JsonElement.Parse(await _api.GetAsync("/api/rules/audit?subject=rule&subject_key=GONE_BAD")).EnumerateArray().Select(change => Text(change, "action")));

        // So it is for an instance of the API that has just begun.
        using (var another = new ApiHost(fixture.ConnectionString))
        {
            Assert.NotEqual("BLOCK", Text(await PayAsync("GX", "C2", 1000, another), "decision"));
        }

        // A better version begins anew.
        await SendAsync(HttpMethod.Put, "/api/rules/GONE_BAD", """{"version": 1, "description": "Any amount", "expression": "amount = 1000.5", "mode": "live", "floor_score": 95}""");
        Assert.Equal("BLOCK", Text(await PayAsync("GY", "C2", 1000.5m), "decision"));
    }

    [Fact]
    public async Task A_live_model_that_cannot_be_read_is_named_with_what_to_do_and_payments_are_scored_by_rules()
    {
        await _store.ExecuteAsync(
            """select pipeline.record_model('forest', '\x5249534b09', timestamptz '2026-01-01Z', timestamptz '2026-01-02Z', 5, 0, '{}', null, now())""");
        var version = await _store.ScalarAsync<long>("select max(version) from risk.models");
        await SendAsync(HttpMethod.Post, $"/api/models/{version}/promote", """{"reason": "written by a later program"}""");

        Assert.Equal("APPROVE", Text(await PayAsync("U1", "C2", 10), "decision"));
        var status = JsonElement.Parse(await _api.GetAsync("/api/risk"));

        Assert.Equal("rules", Text(status, "carried_by"));
        Assert.StartsWith($"Model {version} is live and cannot be read: The stored model has version 9; this program reads version 1. Until that is mended, rules alone carry the score.", Text(status, "text"), StringComparison.Ordinal);
        var fault = status.GetProperty("model_fault");
        Assert.Equal((version, "The stored model has version 9; this program reads version 1."), (fault.GetProperty("version").GetInt64(), Text(fault, "reason")));
        Assert.Contains("POST /api/models/rollback", Text(fault, "remedy"), StringComparison.Ordinal);
        Assert.Empty(status.GetProperty("unreadable_rules").EnumerateArray());

        await _store.ExecuteAsync("delete from risk.models; update risk.versions set version = version + 1 where subject = 'models'");
        Assert.Equal(JsonValueKind.Null, JsonElement.Parse(await _api.GetAsync("/api/risk")).GetProperty("model_fault").ValueKind);
    }

    [Fact]
    public async Task A_rule_that_is_stopped_raises_one_alert_a_day_over_the_api_and_in_files_and_the_feed_tells_it()
    {
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "STOPPED_LIVE", "description": "Amounts of 2000", "expression": "amount = 2000", "mode": "live", "points": 5, "severity": "HIGH", "max_share": 0.0001}""");
        await SendAsync(HttpMethod.Post, "/api/rules", """{"code": "STOPPED_FILE", "description": "Amounts of 2001", "expression": "amount = 2001", "mode": "live", "points": 5, "max_share": 0.0001}""");
        var payments = string.Join(',', Enumerable.Range(0, 300).Select(number => Payment($"SL{number}", "C2", 2000)));
        await SendAsync(HttpMethod.Post, "/api/payments/batch", $$"""{"payments": [{{payments}}]}""");
        await ImportAsync([.. Enumerable.Range(0, 300).Select(number => ($"SF{number}", "C2", 2001m))]);

        var live = Assert.Single(await AlertsAsync("STOPPED_LIVE"));
        Assert.Equal(("OPEN", "HIGH", 1, 0.0001m, 300L, 300L), (
            Text(live, "status"), Text(live, "severity"), live.GetProperty("rule_version").GetInt32(), live.GetProperty("max_share").GetDecimal(), live.GetProperty("evaluated").GetInt64(), live.GetProperty("hits").GetInt64()));
        Assert.Equal(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Text(live, "alerted_on"));
        Assert.Single(await AlertsAsync("STOPPED_FILE"));

        // The better version is stopped too: the rule has its alert of the day.
        await SendAsync(HttpMethod.Put, "/api/rules/STOPPED_FILE", """{"version": 1, "description": "Amounts of 2002", "expression": "amount = 2002", "mode": "live", "points": 5, "max_share": 0.0001}""");
        await ImportAsync([.. Enumerable.Range(300, 300).Select(number => ($"SF{number}", "C2", 2002m))]);
        Assert.Single(await AlertsAsync("STOPPED_FILE"));

        var path = $"/api/alerts/rules/{live.GetProperty("rule_alert_id").GetInt64()}/acknowledge";
        var seen = await SendAsync(HttpMethod.Post, path, """{"note": "a test"}""");
        Assert.Equal(("ACKNOWLEDGED", "a test"), (Text(seen, "status"), Text(seen, "note")));
        using var again = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        Assert.Contains("already", Text(await _api.ProblemAsync(again, 409), "detail"), StringComparison.Ordinal);
        using var unknown = new HttpRequestMessage(HttpMethod.Post, "/api/alerts/rules/999999/acknowledge") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        await _api.ProblemAsync(unknown, 404);
        Assert.Empty(JsonElement.Parse(await _api.GetAsync("/api/alerts/rules?status=OPEN&rule_code=STOPPED_LIVE")).EnumerateArray());
        Assert.Contains("acknowledged", JsonElement.Parse(await _api.GetAsync("/api/rules/audit?subject=rule&subject_key=STOPPED_LIVE")).EnumerateArray().Select(change => Text(change, "action")));
        Assert.Equal(
            "capped STOPPED_LIVE, capped STOPPED_FILE, acknowledged STOPPED_LIVE",
            await _store.ScalarAsync<string>("select string_agg(concat_ws(' ', payload ->> 'step', payload ->> 'rule_code'), ', ' order by event_id) from risk.events where kind = 'rule' and payload ->> 'rule_code' like 'STOPPED%'"));
        Assert.Equal(["rule"], await FeedKindsAsync("kinds=rule&last_event_id=0"));
    }

    private async Task<List<JsonElement>> AlertsAsync(string code) => [.. JsonElement.Parse(await _api.GetAsync($"/api/alerts/rules?rule_code={code}")).EnumerateArray()];

    // The kinds of the first three events that are told.
    private async Task<IEnumerable<string>> FeedKindsAsync(string query)
    {
        using var stream = new StreamReader(await _api.Client.GetStreamAsync($"/api/feed?{query}"));
        var kinds = new List<string>();
        while (kinds.Count < 3 && await stream.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal) && line is not ("event: ready" or "event: reset")) kinds.Add(line["event: ".Length..]);
        }

        return kinds.Distinct();
    }

    private Task<JsonElement> PayAsync(string id, string customer, decimal amount, ApiHost? api = null) => SendAsync(
        api ?? _api,
        HttpMethod.Post,
        "/api/payments",
        Payment(id, customer, amount));

    private static string Payment(string id, string customer, decimal amount) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"payment_id":"{{id}}","customer_id":"{{customer}}","merchant_id":"M1","amount":{{amount}},"currency":"USD","payment_method":"WALLET","transaction_date":"2026-01-10T10:00:00Z"}""");

    private Task<long> ImportAsync(params (string Id, string Customer, decimal Amount)[] payments) => _store.ImportAsync(
        "payments",
        "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n"
            + string.Concat(payments.Select(payment => string.Create(CultureInfo.InvariantCulture, $"{payment.Id},{payment.Customer},M1,{payment.Amount},USD,WALLET,SUCCESS,2026-01-11T10:00:00Z\n"))));

    private Task<string> StoredAsync(params string[] ids) => _store.ScalarAsync<string>(
        """
        select string_agg(concat_ws(' ', payment.payment_id, payment.risk_score, payment.is_suspicious, coalesce(assessment.decision, '')), ', ' order by payment.payment_id)
        from public.payments as payment
        left join risk.assessments as assessment on assessment.payment_id = payment.payment_id
        where payment.payment_id = any (@ids)
        """,
        new { ids });

    private Task<JsonElement> SendAsync(HttpMethod method, string path, string? body) => SendAsync(_api, method, path, body);

    private static async Task<JsonElement> SendAsync(ApiHost api, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await api.Client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {answer}");
        return JsonElement.Parse(answer);
    }

    private static (string?, decimal) Answer(JsonElement payment) => (Text(payment, "decision"), payment.GetProperty("risk_score").GetDecimal());

    private static long Sum(List<JsonElement> hours, int version, string member) =>
        hours.Where(hour => hour.GetProperty("version").GetInt32() == version).Sum(hour => hour.GetProperty(member).GetInt64());

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
