using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

public sealed class AlertTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly AlertRows _rows = new(fixture.Owner);

    [Fact]
    public async Task The_queue_shows_what_waits_the_largest_expected_loss_first_page_by_page()
    {
        await _rows.RaiseAsync("QU", [(10, 60), (500, 60), (90, 95), (70, 75), (5, 51)]);
        var ids = await _rows.IdsAsync("QU");
        var customer = "customer_id=QU-";
        using (var resolved = await _api.Client.PostAsJsonAsync($"/api/alerts/{ids[1]}/resolve", new { status = "fraud", reason = "seen before" }))
        {
            Assert.Equal(HttpStatusCode.OK, resolved.StatusCode);
        }

        // Of all: the resolved one waits no more and comes last.
        var seen = new List<string>();
        for (var next = "/api/alerts?limit=2&from=2020-01-01"; next is not null;)
        {
            using var page = await _api.Client.GetAsync(next);
            var rows = await page.Content.ReadFromJsonAsync<JsonElement>();
            Assert.InRange(rows.GetArrayLength(), 1, 2);
            seen.AddRange(rows.EnumerateArray().Where(row => row.GetProperty("customer_id").GetString()!.StartsWith("QU-", StringComparison.Ordinal))
                .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.GetProperty("expected_loss")} {row.GetProperty("status")}")));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(["85.50 OPEN", "52.50 OPEN", "6.00 OPEN", "2.55 OPEN", "300.00 RESOLVED_FRAUD"], seen);
        Assert.Equal((long[])[ids[2]], await ListAsync($"severity=CRITICAL&{customer}2"));
        Assert.Equal((long[])[ids[1]], await ListAsync($"status=RESOLVED_FRAUD&{customer}1"));
        Assert.Equal((long[])[], await ListAsync($"status=RESOLVED_FRAUD&{customer}2"));
        Assert.Equal((long[])[ids[3]], await ListAsync($"overdue=false&rule_code=score&currency=USD&{customer}3"));
        Assert.Equal((long[])[], await ListAsync($"overdue=true&{customer}3"));
        Assert.Equal((long[])[], await ListAsync($"to=2020-01-01&{customer}3"));
        Assert.Equal(ids.Reverse(), (await ListAsync("order=newest&limit=1000")).Where(ids.Contains));
    }

    [Fact]
    public async Task A_review_goes_from_hand_to_hand_and_ends_with_a_verdict_that_can_be_taken_back()
    {
        await _rows.RaiseAsync("RV", [(100, 80)]);
        var id = (await _rows.IdsAsync("RV"))[0];

        var assigned = await StepAsync(id, "assign", new { });
        Assert.Equal(("IN_REVIEW", "local"), (Text(assigned, "status"), Text(assigned, "assignee")));
        var conflict = await RefusalAsync(id, "assign", new { assignee = "ben" }, 409);
        Assert.Equal($"Alert {id} cannot be assigned now: it is IN_REVIEW, assigned to local. GET /api/alerts/{id} shows it.", Text(conflict, "detail"));
        Assert.Equal(("IN_REVIEW", "local"), (Text(conflict, "alert_status"), Text(conflict, "assignee")));
        Assert.Equal("ben", Text(await StepAsync(id, "assign", new { assignee = "ben", take_over = true }), "assignee"));
        Assert.Equal((long[])[id], await ListAsync("assignee=ben&customer_id=RV-0"));
        Assert.Equal("OPEN", Text(await StepAsync(id, "unassign", null), "status"));
        await RefusalAsync(id, "unassign", null, 409);

        var noted = await StepAsync(id, "notes", new { note = "called, no answer" });
        Assert.Equal("called, no answer", Text(noted.GetProperty("notes")[0], "note"));

        var resolved = await StepAsync(id, "resolve", new { status = "RESOLVED_FRAUD", reason = "not theirs" });
        Assert.Equal(
            ("RESOLVED_FRAUD", "local", "not theirs", "0"),
            (Text(resolved, "status"), Text(resolved, "resolved_by"), Text(resolved, "resolution"), resolved.GetProperty("priority").GetRawText()));
        var payment = resolved.GetProperty("payments")[0];
        Assert.Equal(
            ("RV-0-P", "100.00", "80.00", "REVIEW", true, "score_rule"),
            (Text(payment, "payment_id"), payment.GetProperty("amount").GetRawText(), payment.GetProperty("risk_score").GetRawText(), Text(payment, "decision"),
                payment.GetProperty("is_suspicious").GetBoolean(), Text(payment.GetProperty("reasons")[0], "code")));
        Assert.Equal("""[true,"analyst"]""", await _rows.LabelAsync("RV-0-P"));

        var late = await RefusalAsync(id, "resolve", new { status = "legitimate", reason = "?" }, 409);
        Assert.Equal($"Alert {id} cannot be resolved now: it is RESOLVED_FRAUD. GET /api/alerts/{id} shows it.", Text(late, "detail"));
        await RefusalAsync(id, "assign", new { }, 409);

        Assert.Equal(("IN_REVIEW", "local"), await StepAsync(id, "reopen", new { reason = "called back" }) is var reopened ? (Text(reopened, "status"), Text(reopened, "assignee")) : default);
        Assert.Equal("null", await _rows.LabelAsync("RV-0-P"));
        Assert.Equal("RESOLVED_LEGITIMATE", Text(await StepAsync(id, "resolve", new { status = "legitimate", reason = "theirs after all" }), "status"));
        Assert.Equal("""[false,"analyst"]""", await _rows.LabelAsync("RV-0-P"));

        var account = JsonElement.Parse(await _api.GetAsync($"/api/alerts/{id}"));
        Assert.Equal(
            ["raised system", "assigned local", "assigned local", "unassigned local", "noted local", "resolved local", "reopened local", "resolved local"],
            account.GetProperty("steps").EnumerateArray().Select(step => $"{Text(step, "step")} {Text(step, "actor")}"));
        Assert.Equal("RV-0-P", Text(JsonElement.Parse(await _api.GetAsync($"/api/alerts/{id}/payments?limit=1"))[0], "payment_id"));
    }

    [Fact]
    public async Task Of_many_who_resolve_at_once_one_wins()
    {
        await _rows.RaiseAsync("ON", [(100, 80)]);
        var id = (await _rows.IdsAsync("ON"))[0];

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            using var answer = await _api.Client.PostAsJsonAsync($"/api/alerts/{id}/resolve", new { status = number % 2 == 0 ? "fraud" : "legitimate", reason = $"{number}" });
            return answer.StatusCode;
        }));

        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(11, answers.Count(status => status == HttpStatusCode.Conflict));
        Assert.Equal(2, JsonElement.Parse(await _api.GetAsync($"/api/alerts/{id}")).GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task Several_alerts_are_resolved_by_one_call_each_by_itself()
    {
        await _rows.RaiseAsync("BU", [(10, 60), (20, 60), (30, 60)]);
        var ids = await _rows.IdsAsync("BU");
        await StepAsync(ids[1], "resolve", new { status = "fraud", reason = "first" });

        using var answer = await _api.Client.PostAsJsonAsync("/api/alerts/resolve", new { alert_ids = (long[])[ids[0], ids[1], ids[2], ids[0], 999_999], status = "legitimate", reason = "yearly sale" });

        Assert.Equal(
            $$"""{"resolved":2,"alerts":[{"alert_id":{{ids[0]}},"is_resolved":true,"status":"RESOLVED_LEGITIMATE"},{"alert_id":{{ids[1]}},"is_resolved":false,"status":"RESOLVED_FRAUD"},{"alert_id":{{ids[2]}},"is_resolved":true,"status":"RESOLVED_LEGITIMATE"},{"alert_id":999999,"is_resolved":false,"status":null}]}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_is_no_verdict_is_refused_with_its_reason()
    {
        await _rows.RaiseAsync("RE", [(10, 60)]);
        var id = (await _rows.IdsAsync("RE"))[0];

        Assert.Equal("reason is required: a text of at most 1000 characters without control characters.", Detail(await RefusalAsync(id, "resolve", new { status = "fraud" }, 400)));
        Assert.Equal("status must be RESOLVED_FRAUD or RESOLVED_LEGITIMATE.", Detail(await RefusalAsync(id, "resolve", new { status = "EXPIRED", reason = "x" }, 400)));
        await RefusalAsync(id, "resolve", new { verdict = "fraud", reason = "x" }, 400);
        await RefusalAsync(id, "resolve", new { status = "fraud", reason = "a\0b" }, 400);
        await RefusalAsync(id, "notes", new { note = new string('x', 1001) }, 400);
        await RefusalAsync(id, "assign", new { assignee = " " }, 400);
        await RefusalAsync(999_999, "resolve", new { status = "fraud", reason = "x" }, 404);
        await RefusalAsync(999_999, "notes", new { note = "x" }, 404);
        await _api.ProblemAsync("/api/alerts/999999", 404);
        await _api.ProblemAsync("/api/alerts/999999/payments", 404);
        await _api.ProblemAsync("/api/alerts?status=open", 400);
        await _api.ProblemAsync("/api/alerts?after=bm90aGluZw", 400);
        // A place in the queue is none in the list by age.
        using var page = await _api.Client.GetAsync("/api/alerts?limit=1");
        if (page.Headers.TryGetValues("Link", out var links))
        {
            await _api.ProblemAsync(links.Single().Split('<', '>')[1] + "&order=newest", 400);
        }

        Assert.Equal(1, JsonElement.Parse(await _api.GetAsync($"/api/alerts/{id}")).GetProperty("steps").GetArrayLength());
    }

    [Fact]
    public async Task The_summary_counts_what_waits_and_how_long_verdicts_took()
    {
        var before = await SummaryAsync();
        await _rows.RaiseAsync("SU", [(10, 60), (10, 95), (10, 95)]);
        var ids = await _rows.IdsAsync("SU");
        await StepAsync(ids[0], "resolve", new { status = "legitimate", reason = "x" });
        await StepAsync(ids[1], "assign", new { });
        await _rows.ExecuteAsync("update risk.alerts set due_at = now() - interval '1 minute' where alert_id = @id", new { id = ids[2] });
        var after = await SummaryAsync();

        Assert.Equal(["CRITICAL", "HIGH", "MEDIUM", "LOW"], after.GetProperty("by_severity").EnumerateArray().Select(row => Text(row, "severity")));
        Assert.Equal((1, 1, 1), (Gained("open", 0), Gained("in_review", 0), Gained("overdue", 0)));
        Assert.Equal(1, Gained("resolved_legitimate", 2));
        Assert.Equal(3600, after.GetProperty("by_severity")[0].GetProperty("review_within_seconds").GetInt64());
        Assert.True(after.GetProperty("total").GetProperty("median_seconds_to_resolve").GetInt64() >= 0);

        long Gained(string figure, int place) =>
            after.GetProperty("by_severity")[place].GetProperty(figure).GetInt64() - before.GetProperty("by_severity")[place].GetProperty(figure).GetInt64();
    }

    [Fact]
    public async Task An_imported_payment_that_a_flag_rule_hits_raises_an_alert_and_is_told_to_the_feed()
    {
        await fixture.Store.ImportAsync("customers", "customer_id\nIM-0\n");
        await fixture.Store.ImportAsync("merchants", "merchant_id\nIMM\n");
        await fixture.Store.ImportAsync(
            "payments",
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n"
            + "IM-P1,IM-0,IMM,12000.00,USD,WALLET,SUCCESS,2025-02-03T10:00:00Z\nIM-P2,IM-0,IMM,12.00,USD,WALLET,SUCCESS,2025-02-03T11:00:00Z\nIM-P3,IM-0,IMM,15000.00,USD,WALLET,SUCCESS,2025-02-03T12:00:00Z\n");

        var alert = Assert.Single(JsonElement.Parse(await _api.GetAsync("/api/alerts?customer_id=IM-0")).EnumerateArray().ToArray());
        Assert.Equal(("AMOUNT_OVER_10000", "HIGH", "IM-P1", 2), (Text(alert, "rule_code"), Text(alert, "severity"), Text(alert, "payment_id"), alert.GetProperty("payment_count").GetInt64()));
        Assert.Equal(
            "IM-P1 12000.00,IM-P3 15000.00,raised",
            await fixture.Store.ScalarAsync<string>(
                "select string_agg(coalesce(payload ->> 'step', concat_ws(' ', payload ->> 'payment_id', payload ->> 'amount')), ',' order by kind desc, event_id) from (select event_id, kind, payload::jsonb from pipeline.list_events(0, 1000000)) as told where payload ->> 'customer_id' = 'IM-0'"));
    }

    [Fact]
    public async Task Review_times_are_changed_for_what_comes_and_audited()
    {
        const string body = """{"review_within_minutes":30,"expires_after_days":1,"note":"night shift"}""";
        Assert.Equal("""{"place":1,"severity":"LOW","review_within_minutes":30,"expires_after_days":1}""", await PutAsync("LOW", body, HttpStatusCode.OK));
        Assert.Equal(
            ["CRITICAL 60 90", "HIGH 240 60", "MEDIUM 1440 30", "LOW 30 1"],
            JsonElement.Parse(await _api.GetAsync("/api/alerts/review-times")).EnumerateArray()
                .Select(row => $"{Text(row, "severity")} {row.GetProperty("review_within_minutes")} {row.GetProperty("expires_after_days")}"));
        await _rows.RaiseAsync("RT", [(10, 20)]);
        var alert = JsonElement.Parse(await _api.GetAsync("/api/alerts?customer_id=RT-0"))[0];
        Assert.Equal(TimeSpan.FromMinutes(30), alert.GetProperty("due_at").GetDateTime() - alert.GetProperty("opened_at").GetDateTime());

        var change = JsonElement.Parse(await _api.GetAsync("/api/rules/audit?limit=1"))[0];
        Assert.Equal(("review_times", "LOW", "night shift"), (Text(change, "subject"), Text(change, "subject_key"), Text(change, "note")));
        await PutAsync("URGENT", body, HttpStatusCode.NotFound);
        await PutAsync("LOW", body.Replace("30", "1441", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        await PutAsync("LOW", body.Replace("30", "0", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        await PutAsync("LOW", body.Replace("night shift", "", StringComparison.Ordinal), HttpStatusCode.BadRequest);
    }

    private async Task<string> PutAsync(string severity, string body, HttpStatusCode status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _api.Client.PutAsync($"/api/alerts/review-times/{severity}", content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, text);
        return text;
    }

    private async Task<JsonElement> SummaryAsync() => JsonElement.Parse(await _api.GetAsync("/api/alerts/summary"));

    private async Task<long[]> ListAsync(string query) =>
        [.. JsonElement.Parse(await _api.GetAsync($"/api/alerts?{query}")).EnumerateArray().Select(row => row.GetProperty("alert_id").GetInt64())];

    private async Task<JsonElement> StepAsync(long id, string step, object? body)
    {
        using var answer = await _api.Client.SendAsync(Request(id, step, body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private Task<JsonElement> RefusalAsync(long id, string step, object? body, int status) => _api.ProblemAsync(Request(id, step, body), status);

    private static HttpRequestMessage Request(long id, string step, object? body) =>
        new(HttpMethod.Post, $"/api/alerts/{id}/{step}") { Content = body is null ? null : JsonContent.Create(body) };

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static string? Detail(JsonElement problem) => Text(problem, "detail");
}
