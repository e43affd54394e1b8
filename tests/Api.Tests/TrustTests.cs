using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Assertions, and the way back from payments and settlements to files.</summary>
public sealed class TrustTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public async Task InitializeAsync()
    {
        // Every fact of this class reads these rows, so they are made once.
        if (await _store.ScalarAsync<long>("select count(*) from public.payments") > 0)
        {
            return;
        }

        await _store.ImportAsync("customers", "customer_id\nC1\n");
        await _store.ImportAsync("merchants", "merchant_id\nM1\nM2\n");
        await _store.ImportAsync(
            "payments",
            """
            payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date
            P1,C1,M1,1,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P2,NOBODY,M1,1,USD,WALLET,SUCCESS,2026-01-10T10:00:00Z
            P3,C1,M1,1,USD,WALLET,SUCCESS,2026-01-10T11:00:00Z
            P4,C1,M2,1,USD,WALLET,FAILED,2026-01-10T12:00:00Z

            """);
        await _store.ExecuteAsync(
            """
            update public.merchants set settles_from = '2026-01-01' where merchant_id = 'M1';
            select pipeline.settle_payments('2026-01-11');
            insert into ops.runs (kind, request_key, requested_by, status, finished_at)
            values ('import', 'trust:1', 'command', 'succeeded', now()), ('import', 'trust:2', 'command', 'succeeded', now());
            insert into ops.assertion_results (run_id, assertion, severity, status, observed, expected, detail, checked_at)
            select run.run_id, result.assertion, result.severity, result.status, '1', '0', 'why', result.checked_at::timestamptz
            from (
                values ('trust:1', 'unique_payments', 'error', 'failed', '2026-01-31 06:00Z'),
                    ('trust:1', 'known_references', 'error', 'failed', '2026-01-31 06:00Z'),
                    ('trust:1', 'fresh_payments', 'warning', 'warned', '2026-01-31 06:00Z'),
                    ('trust:1', 'of_an_older_version', 'error', 'failed', '2026-01-31 06:00Z'),
                    ('trust:2', 'unique_payments', 'error', 'passed', '2026-01-31 07:00Z')
            ) as result (request_key, assertion, severity, status, checked_at)
            inner join ops.runs as run on run.request_key = result.request_key
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("", "fresh_payments warned, known_references failed, unique_payments passed")]
    [InlineData("?status=failed", "known_references failed")]
    [InlineData("?severity=warning", "fresh_payments warned")]
    [InlineData("?severity=error&limit=1", "known_references failed")]
    public async Task The_latest_result_of_each_assertion_is_listed(string query, string expected) => Assert.Equal(
        expected,
        string.Join(", ", (await RowsAsync("/api/assertions" + query)).Select(row => $"{row.GetProperty("assertion")} {row.GetProperty("status")}")));

    [Fact]
    public async Task A_run_is_marked_by_the_number_of_assertions_that_failed()
    {
        var runs = (await RowsAsync("/api/etl/runs?kind=import")).ToArray();

        // Newest first: two with results, then the files' own, which no worker has asserted here.
        Assert.Equal(["0", "3", ""], runs.Take(3).Select(run => run.GetProperty("assertions_failed").ToString()));
    }

    [Fact]
    public async Task Evaluating_on_request_is_a_run()
    {
        using var response = await _api.Client.PostAsync("/api/assertions/run", null);
        var runId = await _store.QueuedRunAsync("assertions");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/etl/runs/{runId}", response.Headers.Location?.OriginalString);
        Assert.Equal($$"""{"status":"accepted","run_id":{{runId}}}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_payment_leads_to_its_line_file_run_and_settlement()
    {
        var lineage = JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/P3"));
        var (importId, runId) = (lineage.GetProperty("import_id").GetInt64(), lineage.GetProperty("run_id").GetInt64());

        Assert.Equal(
            ["payment_id", "transaction_date", "line_number", "batch_id", "import_id", "profile", "file_name", "content_sha256", "received_at", "run_id", "run_kind", "requested_by", "requested_at", "settlement_id", "replays_import_id", "corrections", "archive_file", "archive_sha256", "history", "refunds", "disputes", "adjustments"],
            lineage.EnumerateObject().Select(member => member.Name));
        Assert.Equal(4, lineage.GetProperty("line_number").GetInt64());
        Assert.Equal("2026-01-10T11:00:00Z", lineage.GetProperty("transaction_date").GetString());
        Assert.Equal("payments test.csv import command", $"{lineage.GetProperty("profile")} {lineage.GetProperty("file_name")} {lineage.GetProperty("run_kind")} {lineage.GetProperty("requested_by")}");
        Assert.Equal("STL-20260110-USD-M1", lineage.GetProperty("settlement_id").GetString());
        Assert.Equal(await _store.ScalarAsync<string>("select content_sha256 from ops.imports where import_id = @importId", new { importId }), lineage.GetProperty("content_sha256").GetString());
        Assert.Equal(runId, JsonElement.Parse(await _api.GetAsync($"/api/imports/{importId}")).GetProperty("run_id").GetInt64());
    }

    [Fact]
    public async Task A_payment_in_no_settlement_says_so() => Assert.Equal(
        JsonValueKind.Null,
        JsonElement.Parse(await _api.GetAsync("/api/lineage/payments/P4")).GetProperty("settlement_id").ValueKind);

    [Fact]
    public async Task A_settlement_leads_to_the_files_of_its_payments_page_by_page()
    {
        const string path = "/api/lineage/settlements/STL-20260110-USD-M1";
        Assert.Equal(["P1 2", "P3 4"], (await RowsAsync(path)).Select(Line));

        using var first = await _api.Client.GetAsync(path + "?limit=1");
        Assert.Equal(["P1 2"], (await first.Content.ReadFromJsonAsync<JsonElement[]>())!.Select(Line));
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Equal(["P3 4"], (await RowsAsync(next)).Select(Line));
    }

    [Theory]
    [InlineData("/api/lineage/payments/P2", "There is no payment P2.")]
    [InlineData("/api/lineage/payments/p1", "There is no payment p1.")]
    [InlineData("/api/lineage/settlements/STL-1", "There is no settlement STL-1.")]
    public async Task What_is_unknown_is_a_404(string path, string detail) =>
        Assert.Equal(detail, (await _api.ProblemAsync(path, 404)).GetProperty("detail").GetString());

    private async Task<JsonElement[]> RowsAsync(string path) => (await _api.Client.GetFromJsonAsync<JsonElement[]>(path))!;

    private static string Line(JsonElement row) => $"{row.GetProperty("payment_id")} {row.GetProperty("line_number")}";
}
