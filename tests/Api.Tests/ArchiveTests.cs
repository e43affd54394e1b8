using System.Net;
using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>Asking for archives and restores, and what there is of them.</summary>
public sealed class ArchiveTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_month_is_archived_and_restored_by_runs_and_refused_with_what_holds_it()
    {
        await _store.ImportAsync("customers", "customer_id\nC1\n");
        await _store.ImportAsync("merchants", "merchant_id\nM1\n");
        await _store.ImportAsync(
            "payments",
            "payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\nP1,C1,M1,1,USD,WALLET,PENDING,2025-01-10T10:00:00Z\nP2,C1,M1,1,USD,WALLET,SUCCESS,2025-02-10T10:00:00Z\n");

        Assert.Equal("month must be a month as YYYY-MM from 2000-01 on, for example 2025-01.", await DetailAsync("/api/archives?month=2025-1", 400));
        Assert.Equal("2025-03 cannot be archived: the store holds no payments of it.", await DetailAsync("/api/archives?month=2025-03", 409));
        Assert.Equal("2025-01 cannot be archived: PENDING payments: 1, for example P1 (force=true archives them all the same).", await DetailAsync("/api/archives?month=2025-01", 409));
        Assert.Equal("There is no archive of 2025-01.", await DetailAsync("/api/archives/2025-01/restore", 404));

        using var accepted = await _api.Client.PostAsync("/api/archives?month=2025-01&force=true", null);
        var run = await _store.QueuedRunAsync("archive");
        Assert.Equal((HttpStatusCode.Accepted, $"/api/etl/runs/{run}"), (accepted.StatusCode, accepted.Headers.Location?.OriginalString));
        Assert.Equal("""{"force": true, "month": "2025-01"}""", await _store.ScalarAsync<string>("select parameters::text from ops.runs where run_id = @run", new { run }));
        Assert.Equal($"Run {run} is doing another month; ask again when it has ended.", await DetailAsync("/api/archives?month=2025-02", 409));

        Assert.Equal("[]", await _api.GetAsync("/api/archives"));
        await _store.ExecuteAsync(
            """
            insert into ops.archived_months (payment_month, part, status, file_name, file_size, file_sha256, payment_columns, payment_count, generated_count, totals, checksum, run_id, archived_at, restored_at)
            values ('2024-12-01', 1, 'restored', 'payments-2024-12.parquet', 10, repeat('a', 64), '{}', 2, 0, '[]', 7, @run, '2026-01-01', '2026-01-02'),
                ('2024-11-01', 1, 'archived', 'payments-2024-11.parquet', 10, repeat('a', 64), '{}', 2, 0, '[{"currency":"USD"}]', 7, @run, '2026-01-01', null)
            """,
            new { run });
        Assert.Equal(
            ["2024-11 1 archived 2 payments-2024-11.parquet 10", "2024-12 1 restored 2 payments-2024-12.parquet 10"],
            JsonElement.Parse(await _api.GetAsync("/api/archives")).EnumerateArray().Select(row => string.Join(' ', new[] { "month", "part", "status", "payments", "file_name", "file_size" }.Select(name => row.GetProperty(name).ToString()))));
        Assert.Equal("The payments of 2024-12 are in the database: there is nothing to restore.", await DetailAsync("/api/archives/2024-12/restore", 409));

        using var restoring = await _api.Client.PostAsync("/api/archives/2024-11/restore", null);
        Assert.Equal($"/api/etl/runs/{await _store.QueuedRunAsync("restore")}", restoring.Headers.Location?.OriginalString);
    }

    private async Task<string?> DetailAsync(string path, int status) =>
        (await _api.ProblemAsync(new HttpRequestMessage(HttpMethod.Post, path), status)).GetProperty("detail").GetString();
}
