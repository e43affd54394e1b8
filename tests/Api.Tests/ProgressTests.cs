using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>How far an import is, as its account and its run show it.</summary>
public sealed class ProgressTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    [Fact]
    public async Task A_running_import_tells_its_share_its_rate_and_the_time_left()
    {
        var account = await _store.ScalarAsync<string>("""
            with made as (
                insert into ops.imports (profile, content_sha256, size_bytes, status, records_read, records_accepted, bytes_read, started_at)
                values ('payments', repeat('0', 64), 1000, 'running', 500, 500, 250, '2026-01-01 10:00:00Z')
                returning import_id
            )
            select import_id from made
            """);
        Assert.Equal("250 of 1000, 25.0 %, 50/s, 30 s left", await ProgressAsync(account, "2026-01-01 10:00:10Z"));
        await _store.ExecuteAsync("update ops.imports set bytes_read = 0, records_read = 0, records_accepted = 0 where import_id = @account::bigint", new { account });
        Assert.Equal("0 of 1000, 0.0 %, 0/s,  s left", await ProgressAsync(account, "2026-01-01 10:00:10Z"));
    }

    [Fact]
    public async Task A_run_shows_its_imports_and_a_finished_one_is_whole()
    {
        var importId = await _store.ImportAsync("customers", "customer_id\nPR1\nPR2\n");
        var runId = await _store.ScalarAsync<long>("select run_id from ops.imports where import_id = @importId", new { importId });
        var import = JsonElement.Parse(await _api.GetAsync($"/api/etl/runs/{runId}")).GetProperty("imports")[0];
        Assert.Equal(
            (importId, 20, 20, 100.0m, JsonValueKind.Null),
            (import.GetProperty("import_id").GetInt64(), import.GetProperty("bytes_read").GetInt64(), import.GetProperty("size_bytes").GetInt64(),
                import.GetProperty("percent").GetDecimal(), import.GetProperty("seconds_left").ValueKind));
        Assert.Equal(20, await _store.ScalarAsync<long>("select bytes_read from ops.imports where import_id = @importId", new { importId }));
    }

    private Task<string> ProgressAsync(string importId, string now) => _store.ScalarAsync<string>(
        """
        select format('%s of %s, %s %%, %s/s, %s s left', bytes_read, size_bytes, percent, rows_per_second, seconds_left)
        from pipeline.get_import_account(@importId::bigint, @now::timestamptz)
        """,
        new { importId, now });
}
