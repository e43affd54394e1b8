using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Rescores are asked for and followed; drift and quality are read.</summary>
public sealed class RescoreTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_rescore_is_a_run_that_the_same_request_joins_and_another_one_has_to_wait_for()
    {
        using var first = await PostAsync(new { from = "2025-01-01", to = "2025-01-31", dry_run = true });
        var runId = await _store.QueuedRunAsync("rescore");
        Assert.Equal((HttpStatusCode.Accepted, $"/api/etl/runs/{runId}"), (first.StatusCode, first.Headers.Location?.OriginalString));
        Assert.Equal(
            """{"to": "2025-01-31", "from": "2025-01-01", "dry_run": true, "raise_alerts": false}""",
            await _store.ScalarAsync<string>("select parameters::text from ops.runs where run_id = @runId", new { runId }));

        using var same = await PostAsync(new { from = "2025-01-01", to = "2025-01-31", dry_run = true });
        Assert.Equal($"/api/etl/runs/{runId}", same.Headers.Location?.OriginalString);
        using var other = await PostAsync(new { from = "2025-01-01", to = "2025-01-31" });
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);

        await _store.ExecuteAsync(
            """
            select pipeline.begin_rescore(@runId, '2025-01-01', '2025-01-31', true, false, '2026-01-01 00:00Z', 3, 4);
            select pipeline.advance_rescore(@runId, '2025-01-05 00:00Z', 'P7', 10, 4, 3, 2, 1, 0, 5, 0, '{"before": [10, 0], "after": [9, 1], "moves": {}}', null)
            """,
            new { runId });
        var row = (await _api.Client.GetFromJsonAsync<JsonElement[]>("/api/risk/rescores"))!.Single(rescore => rescore.GetProperty("run_id").GetInt64() == runId);
        Assert.Equal(row.GetRawText(), await _api.GetAsync($"/api/risk/rescores/{runId}"));
        Assert.Equal(
            "queued 2025-01-01 2025-01-31 True 0 10 4 3 2 1 0 5 [10,0] [9,1] 3 4",
            string.Join(' ', ((string[])["status", "from_day", "to_day", "dry_run", "payments_expected", "payments_read", "scores_changed", "flags_set", "flags_cleared", "decisions_raised", "decisions_lowered", "assessments_written", "scores_before", "scores_after", "rules_version", "models_version"]).Select(name => row.GetProperty(name).ToString())));
        await _store.FinishRunAsync(runId, "succeeded");
    }

    [Theory]
    [InlineData("""{"to":"2025-01-31"}""", "from")]
    [InlineData("""{"from":"2025-01-31"}""", "to")]
    [InlineData("""{"from":"2025-02-01","to":"2025-01-31"}""", "to")]
    [InlineData("""{"from":"1999-12-31","to":"2025-01-31"}""", "from")]
    [InlineData("""{"from":"2025-01-01","to":"2025-01-31","dry_run":true,"raise_alerts":true}""", "raise_alerts")]
    public async Task What_is_wrong_with_an_order_is_named(string body, string parameter)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/risk/rescore") { Content = new StringContent(body, null, "application/json") };
        Assert.Contains(parameter, (await _api.ProblemAsync(request, 400)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task An_unknown_rescore_is_a_404() => Assert.Equal("There is no rescore 4711.", (await _api.ProblemAsync("/api/risk/rescores/4711", 404)).GetProperty("detail").GetString());

    [Fact]
    public async Task Drift_is_what_was_found_last_and_quality_has_no_figure_where_none_is_known()
    {
        await _store.ExecuteAsync(
            """
            insert into ops.runs (kind, request_key, requested_by, status, finished_at) values ('risk_quality', 'quality:1', 'command', 'succeeded', now());
            insert into ops.risk_references (models_version, source, from_day, to_day, payments, sampled) values (1, 'first_days', '2025-01-01', '2025-01-28', 100, 100);
            insert into ops.risk_drift (to_day, subject, from_day, reference_id, payments, stability_index, stability, shares, missing_share, run_id, checked_at)
            select day::date, subject, day::date - 6, 1, 70, index, stability, '{1}', 0, run.run_id, now()
            from (values
                ('2025-03-01', 'score', 0.3, 'shifted'), ('2025-03-02', 'score', 0.12, 'moderate'), ('2025-03-02', 'amount', 0.01, 'stable')
            ) as found (day, subject, index, stability)
            cross join ops.runs as run
            where run.request_key = 'quality:1';
            insert into ops.risk_quality (week_start, payments, labelled, frauds, is_mature, review_precision, run_id, checked_at)
            select week::date, 70, labelled, frauds, is_mature, precision, run.run_id, now()
            from (values ('2025-02-24', 3, 2, true, 0.5), ('2025-03-03', 0, null, true, null), ('2025-03-10', 4, null, false, null)) as found (week, labelled, frauds, is_mature, precision)
            cross join ops.runs as run
            where run.request_key = 'quality:1'
            """);

        Assert.Equal(["2025-03-02 amount stable", "2025-03-02 score moderate"], await LinesAsync("/api/risk/drift", "to_day", "subject", "stability"));
        Assert.Equal(["2025-03-02 moderate", "2025-03-01 shifted"], await LinesAsync("/api/risk/drift?subject=score&from=2025-01-01", "to_day", "stability"));
        Assert.Equal(["score"], await LinesAsync("/api/risk/drift?stability=moderate", "subject"));
        Assert.Equal(
            ["2025-03-10 False  ", "2025-03-03 True  ", "2025-02-24 True 2 0.5"],
            (await LinesAsync("/api/risk/quality", "week_start", "is_mature", "frauds", "review_precision")).Select(line => line.Replace("0.500000", "0.5", StringComparison.Ordinal)));
        Assert.Equal(["2025-03-03"], await LinesAsync("/api/risk/quality?from=2025-03-03&to=2025-03-09", "week_start"));
    }

    private Task<HttpResponseMessage> PostAsync(object order) => _api.Client.PostAsJsonAsync("/api/risk/rescore", order);

    private async Task<string[]> LinesAsync(string path, params string[] members) =>
        [.. (await _api.Client.GetFromJsonAsync<JsonElement[]>(path))!.Select(row => string.Join(' ', members.Select(member => row.GetProperty(member).ToString())))];
}
