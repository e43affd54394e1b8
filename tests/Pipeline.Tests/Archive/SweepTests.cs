using Microsoft.Extensions.Time.Testing;
using Payments.Pipeline.Retention;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Tests.Import;

namespace Payments.Pipeline.Tests.Archive;

/// <summary>What maintenance clears away, and what it leaves.</summary>
public sealed class SweepTests
{
    private static readonly DateTime Now = new(2030, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Files_that_nobody_needs_and_old_history_go_and_all_else_stays()
    {
        await using var lab = await ImportLab.OpenAsync();
        await lab.AddReferencesAsync();
        var (done, open, twice, failed, recent) = (await FileAsync("A"), await FileAsync("B,extra"), await FileAsync("C"), await FileAsync("D"), await FileAsync("E"));
        await lab.ExecuteAsync(
            $"""
            update ops.imports set finished_at = '2030-04-01';
            update ops.imports set finished_at = '2030-05-20' where content_sha256 = '{recent}';
            update ops.imports set status = 'failed' where content_sha256 = '{failed}';
            insert into ops.imports (profile, content_sha256, size_bytes) values ('payments', '{twice}', 1);
            update ops.run_steps set started_at = '2029-01-01' where run_id = (select min(run_id) from ops.runs);
            insert into ops.assertion_results (run_id, assertion, severity, status, checked_at)
            select run_id, name, 'error', 'passed', checked_at::timestamptz from (select min(run_id) as run_id from ops.runs) as run cross join (values ('old', '2029-01-01'), ('new', '2030-05-31')) as result (name, checked_at);
            insert into risk.rule_counts (counted_hour, rule_ids, evaluated, hits, capped)
            select hour::timestamptz, array[1], array[5], array[2], array[0] from (values ('2026-01-01 10:00Z'), ('2030-05-31 11:00Z')) as counted (hour);
            """);
        foreach (var file in Directory.GetFiles(lab.SpoolPath)) File.SetLastWriteTimeUtc(file, Now.AddDays(-61));
        var (orphan, arriving) = (new string('0', 64), new string('1', 64));
        await WriteAsync(Path.Combine(lab.SpoolPath, orphan), Now.AddDays(-31));
        await WriteAsync(Path.Combine(lab.SpoolPath, arriving), Now.AddDays(-1));
        var archive = Directory.CreateDirectory(Path.Combine(lab.StoragePath, "archive")).FullName;
        await WriteAsync(Path.Combine(archive, ".old.part"), Now.AddDays(-2));
        await WriteAsync(Path.Combine(archive, ".new.part"), Now.AddHours(-1));
        await WriteAsync(Path.Combine(archive, "payments-2025-01.parquet"), Now.AddYears(-3));
        var counts = Assert.Single(await lab.QueryAsync<long>("select count(*) from risk.rule_counts where counted_hour < '2029-02-01'"));
        var steps = Assert.Single(await lab.QueryAsync<long>("select count(*) from ops.run_steps where started_at < '2029-02-01'"));

        await lab.ExecuteAsync("insert into ops.runs (kind, request_key, requested_by, status, attempt) values ('partition_maintenance', 'sweep', 'command', 'running', 1)");
        var run = new RunContext(Assert.Single(await lab.QueryAsync<long>("select run_id from ops.runs where request_key = 'sweep'")), 1, lab.Worker, new FakeTimeProvider(Now));
        var swept = await lab.Get<SweepStage>().RunAsync(run, default);

        Assert.Equal((2, 1, steps, 1, counts), (swept.SpoolFiles, swept.UnfinishedFiles, swept.RunSteps, swept.AssertionResults, swept.RuleCounts));
        Assert.Equal(
            new[] { open, twice, failed, recent, arriving }.Order(StringComparer.Ordinal),
            Directory.GetFiles(lab.SpoolPath).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(Path.Combine(lab.SpoolPath, done)));
        Assert.Equal([".new.part", "payments-2025-01.parquet"], Directory.GetFiles(archive).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(["2030-05-31"], await lab.QueryAsync<string>("select to_char(counted_hour at time zone 'UTC', 'YYYY-MM-DD') from risk.rule_counts"));
        Assert.Equal(["new"], await lab.QueryAsync<string>("select assertion from ops.assertion_results"));

        async Task<string> FileAsync(string id)
        {
            var ticket = await lab.AcceptAsync("payments", System.Text.Encoding.UTF8.GetBytes(ImportLab.PaymentsHeader + $"{id},CUST00001,MERCH0001,1.00,USD,WALLET,SUCCESS,2025-03-14T09:26:53Z\n"));
            await lab.RunAsync(ticket, default);
            return Assert.Single(await lab.QueryAsync<string>("select content_sha256 from ops.imports where import_id = @ImportId", ticket));
        }
    }

    private static async Task WriteAsync(string path, DateTime at)
    {
        await File.WriteAllTextAsync(path, "x");
        File.SetLastWriteTimeUtc(path, at);
    }
}
