using System.Text.Json;

namespace Payments.Api.Tests;

/// <summary>What workers report of their drop folders.</summary>
public sealed class DropFolderTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly ApiHost _api = fixture.Api;
    private readonly Store _store = fixture.Store;

    public Task InitializeAsync() => _store.ExecuteAsync("truncate ops.drop_folders cascade");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Skipped_entries_are_listed_until_a_report_has_them_no_more()
    {
        await ReportAsync("host-1", "{a.csv,payments/b.csv}", "{symbolic_link,pipe}", "2026-01-01T00:00:00Z");
        await ReportAsync("host-2", "{a.csv}", "{device}", "2026-01-01T00:00:00Z");
        Assert.Equal("host-1 watching 2, host-2 watching 1", await FoldersAsync());
        Assert.Equal("a.csv symbolic_link 2026-01-01T00:00:00Z, payments/b.csv pipe 2026-01-01T00:00:00Z, a.csv device 2026-01-01T00:00:00Z", await EntriesAsync());
        Assert.Equal("payments/b.csv pipe 2026-01-01T00:00:00Z", await EntriesAsync("?kind=pipe"));
        Assert.Equal("a.csv symbolic_link 2026-01-01T00:00:00Z", await EntriesAsync("?limit=1"));

        await ReportAsync("host-1", "{payments/b.csv}", "{pipe}", "2026-01-02T00:00:00Z");
        await ReportAsync("host-2", "{a.csv}", "{socket}", "2026-01-02T00:00:00Z");
        Assert.Equal("payments/b.csv pipe 2026-01-01T00:00:00Z, a.csv socket 2026-01-02T00:00:00Z", await EntriesAsync());

        await ReportAsync("host-1", "{}", "{}", "2026-01-03T00:00:00Z");
        await ReportAsync("host-2", "{}", "{}", "2026-01-03T00:00:00Z");
        Assert.Equal("host-1 watching 0, host-2 watching 0", await FoldersAsync());
        Assert.Equal("", await EntriesAsync());
    }

    [Fact]
    public async Task A_folder_whose_worker_says_nothing_is_silent_and_forgotten_after_a_week()
    {
        await ReportAsync("host-1", "{a.csv}", "{pipe}", "2026-01-01T00:00:00Z");
        await _store.ExecuteAsync("update ops.drop_folders set reported_at = now() - interval '3 minutes'");
        Assert.Equal("host-1 silent 1", await FoldersAsync());

        await _store.ExecuteAsync("update ops.drop_folders set reported_at = now() - interval '8 days'");
        await ReportAsync("host-2", "{}", "{}", "2026-01-03T00:00:00Z");
        Assert.Equal("host-2 watching 0", await FoldersAsync());
        Assert.Equal("", await EntriesAsync());
    }

    [Fact]
    public async Task A_stuck_sweep_says_why()
    {
        await _store.ExecuteAsync(
            """
            select pipeline.report_drop_folder(
                'host-1', '/drop', 'stuck', 'why', now() - interval '1 hour', now() - interval '2 hours', now(), 0, '{}', '{}', '{}', '{}')
            """);
        var folder = JsonDocument.Parse(await _api.GetAsync("/api/imports/drop-folder")).RootElement[0];
        Assert.Equal("stuck", folder.GetProperty("status").GetString());
        Assert.Equal("why", folder.GetProperty("error").GetString());
        Assert.True(folder.GetProperty("sweep_ended_at").GetDateTime() < folder.GetProperty("sweep_started_at").GetDateTime());
    }

    private Task ReportAsync(string host, string names, string kinds, string firstSeen) => _store.ExecuteAsync(
        $"""
        select pipeline.report_drop_folder(
            '{host}', '/drop', 'watching', null, now(), '2025-12-31T00:00:00Z', now(), cardinality('{names}'::text[]), '{names}', '{kinds}',
            array_fill('why'::text, array[cardinality('{names}'::text[])]),
            array_fill('{firstSeen}'::timestamptz, array[cardinality('{names}'::text[])]))
        """);

    private async Task<string> FoldersAsync() => string.Join(
        ", ",
        JsonDocument.Parse(await _api.GetAsync("/api/imports/drop-folder")).RootElement.EnumerateArray()
            .Select(row => $"{row.GetProperty("host")} {row.GetProperty("status")} {row.GetProperty("skipped_count")}"));

    private async Task<string> EntriesAsync(string query = "") => string.Join(
        ", ",
        JsonDocument.Parse(await _api.GetAsync("/api/imports/drop-folder/entries" + query)).RootElement.EnumerateArray()
            .Select(row => $"{row.GetProperty("name")} {row.GetProperty("kind")} {row.GetProperty("first_seen_at")}"));
}
