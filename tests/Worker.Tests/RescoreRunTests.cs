using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Testing;
using Payments.Worker.Runs;

namespace Payments.Worker.Tests;

/// <summary>Rescores as runs, with the worker's own login: kill -9 in the middle, and the next worker goes on.</summary>
public sealed class RescoreRunTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Payments = 6_000;
    private readonly RunQueue _queue = new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task A_rescore_that_is_killed_is_gone_on_with_behind_its_last_chunk()
    {
        var folder = WorkerHost.NewFolder();
        await using (var worker = await WorkerHost.StartAsync(database, builder => builder.AddRunPickUp(), folder: folder))
        {
            await ImportAsync(worker, "customers", "customer_id,country\nC1,DE\nC2,\n");
            await ImportAsync(worker, "merchants", "merchant_id\nM1\n");
            await ImportAsync(worker, "payments", PaymentsFile());
        }

        await ScalarAsync("update risk.rules set expression = 'amount >= 500' where rule_code = 'AMOUNT_OVER_10000'; select pipeline.announce_risk_change('rules')");
        var runId = await _queue.RequestAsync(RunKind.Rescore, "rescore:1", RunRequester.Command, new { from = "2026-01-01", to = "2026-01-31", dry_run = false, raise_alerts = false });
        (string, string)[] settings = [("Rescore__ChunkPayments", "300"), ("Drop__Enabled", "false")];
        foreach (var least in new[] { 600L, 2_400L })
        {
            await using var dying = SpawnedWorker.Start(database, folder, settings);
            await WaitForAsync(async () => (long)(await ScalarAsync("select coalesce(max(payments_read), 0) from risk.rescores"))! >= least);
            await dying.KillAsync();
        }

        Assert.Equal("running", await ScalarAsync($"select status from ops.runs where run_id = {runId}"));
        await using var survivor = SpawnedWorker.Start(database, folder, settings);
        var run = await _queue.WaitAsync(runId, TimeSpan.FromSeconds(60));

        Assert.Equal(("succeeded", null), (run.Status, run.Error));
        Assert.Equal(3, run.Attempt);
        var result = run.Result!.Value;
        Assert.Equal((Payments, Payments / 2), (result.GetProperty("payments_read").GetInt32(), result.GetProperty("flags_set").GetInt32()));
        Assert.Equal($"{Payments / 2}", await ScalarAsync("select concat_ws(' ', count(*)) from public.payments where is_suspicious = (amount >= 500) and is_suspicious"));
        Assert.Equal(0L, await ScalarAsync("select count(*) from pipeline.find_rollup_differences()"));
        Assert.Equal((long)Payments / 2, await ScalarAsync("select count(*) from risk.assessments where is_flagged"));
    }

    [Fact]
    public async Task Drift_and_quality_are_a_run()
    {
        await using var worker = await WorkerHost.StartAsync(
            database, builder => builder.AddRunPickUp(), new() { ["ConnectionStrings:payments"] = database.ConnectionStringFor("payments_worker") });
        var run = await _queue.WaitAsync(await _queue.RequestAsync(RunKind.RiskQuality, "quality:1", RunRequester.Command), TimeSpan.FromSeconds(30));

        Assert.Equal(("succeeded", null), (run.Status, run.Error));
        Assert.Equal(["drift", "quality"], run.Result!.Value.EnumerateObject().Select(part => part.Name));
    }

    // A minute apart, every second one from 500 on.
    private static string PaymentsFile()
    {
        var file = new StringBuilder("payment_id,customer_id,merchant_id,amount,currency,payment_method,status,payment_date\n");
        var first = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < Payments; i++)
        {
            file.Append(CultureInfo.InvariantCulture, $"P{i},C{1 + (i % 2)},M1,{(i % 2 == 0 ? 400 : 500) + (i % 97)}.00,USD,CREDIT_CARD,SUCCESS,{first.AddMinutes(i):yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        return file.ToString();
    }

    private async Task ImportAsync(WorkerHost worker, string profile, string csv)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var ticket = await worker.Services.GetRequiredService<ImportIntake>().AcceptAsync(file, new(profile, ImportMode.Insert, "test.csv", RunRequester.Command), CancellationToken.None);
        var run = await _queue.WaitAsync(ticket.RunId, TimeSpan.FromSeconds(60));
        Assert.Equal(("succeeded", null), (run.Status, run.Error));
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(60), "The worker gets nowhere.");
            await Task.Delay(5);
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
