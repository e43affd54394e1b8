using System.CommandLine;
using Payments.Database;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Issue 4's bars of the API: payments sent to a real API one by one and in a batch, over a store of so many, from this machine.</summary>
internal static class ApiBenchmark
{
    private const int Batch = 10_000;
    private const int Batches = 3;
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(15);

    /// <summary>Its command line.</summary>
    public static Command Command()
    {
        var payments = new Option<long>("--payments") { Description = "Payments in the store beforehand.", DefaultValueFactory = _ => 1_000_000 };
        var rate = new Option<int>("--rate") { Description = "Requests a second of the open loop.", DefaultValueFactory = _ => 400 };
        var connections = new Option<int>("--connections") { Description = "Connections of the closed loop.", DefaultValueFactory = _ => 16 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of each loop.", DefaultValueFactory = _ => 30 };
        var snapshot = new Option<string?>("--snapshot") { Description = "A folder outside the checkout that keeps the filled store from one measurement to the next." };
        var command = new Command("api", "Payments sent to a real API, one by one in an open and a closed loop and in batches, over a store of a million.") { payments, rate, connections, seconds, snapshot };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(payments), parsed.GetValue(rate), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(snapshot), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long payments, int rate, int connections, int seconds, string? snapshot, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            var options = new ScaleOptions([payments], Customers: 200_000, Merchants: 2_000, IsShuffled: false, SettleAtMost: 0, TimeProvider.System.GetUtcNow().UtcDateTime.Date);
            var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "storage") };
            Directory.CreateDirectory(storage.Path);
            if (snapshot is not null && !Directory.Exists(snapshot))
            {
                await using var filled = await BenchDatabase.StartAsync(cancellationToken);
                await FillAsync(filled, storage, folder, options, payments, cancellationToken);
                await filled.SaveAsync(snapshot, cancellationToken);
            }

            await using var database = await BenchDatabase.StartAsync(cancellationToken, snapshot);
            if (snapshot is null) await FillAsync(database, storage, folder, options, payments, cancellationToken);

            await database.WarmAsync(cancellationToken);
            using var api = await ApiProcess.StartAsync(database.ConnectionStringFor("payments_api"), storage, cancellationToken);
            using var load = new LoadGenerator(api.Address, new(options, seed: 1));
            var duration = TimeSpan.FromSeconds(seconds);
            var sent = await load.AtRateAsync(rate, Warming, cancellationToken);
            var stored = sent.Stored;
            Out.Print($"store       payments={payments}; the API took {sent.Sent} requests to warm up");

            Out.Print($"machine     {await Machine.MeasureAsync(folder, cancellationToken)}");
            var before = api.ProcessorSeconds;
            var open = await load.AtRateAsync(rate, duration, cancellationToken);
            stored += open.Stored;
            Out.Print($"open_loop   rate={rate} sent={open.Sent} stored={open.Stored} p50_ms={open.Median:0.00} p99_ms={open.NinetyNinth:0.00} max_ms={open.Worst:0.0} api_processor_ms_per_request={(api.ProcessorSeconds - before) * 1000 / open.Sent:0.00} (bar: p50 < 5, p99 < 25 at 400)");
            Out.Print($"machine     {await Machine.MeasureAsync(folder, cancellationToken)}");
            before = api.ProcessorSeconds;
            var closed = await load.OverAsync(connections, duration, cancellationToken);
            stored += closed.Stored;
            Out.Print($"closed_loop connections={connections} sent={closed.Sent} stored={closed.Stored} requests_per_second={closed.Sent / closed.Seconds:0} p50_ms={closed.Median:0.00} p99_ms={closed.NinetyNinth:0.00} api_processor_ms_per_request={(api.ProcessorSeconds - before) * 1000 / closed.Sent:0.00} (bar: >= 1000 over 16)");
            for (var i = 0; i < Batches; i++)
            {
                var batch = await load.BatchAsync(Batch, cancellationToken);
                stored += batch.Stored;
                Out.Print($"batch       payments={Batch} stored={batch.Stored} seconds={batch.Seconds:0.00} (bar: < 3)");
            }

            var kept = await database.ScalarAsync<long>("select count(*) from public.payments where payment_id like 'LIVE-%'", cancellationToken);
            var batches = await database.ScalarAsync<long>("select count(*) from ops.batches as batch inner join ops.imports as import using (import_id) where import.source = 'api'", cancellationToken);
            var differences = await RollupProof.FindDifferencesAsync(database.ConnectionString, new MigratorOptions(), cancellationToken);
            Out.Print($"afterwards  answered={stored} in_the_store={kept} transactions={batches} rollup_differences={differences.Count} api_peak_mib={api.PeakMebibytes:0}");
            return kept == stored && differences.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task FillAsync(
        BenchDatabase database, StorageOptions storage, DirectoryInfo folder, ScaleOptions options, long payments, CancellationToken cancellationToken)
    {
        var files = new ScaleFiles(folder, options);
        using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
        await using var pipeline = new PipelineImport(database, storage);
        await pipeline.ImportAsync(await files.WriteCustomersAsync(cancellationToken), "customers", cancellationToken);
        await pipeline.ImportAsync(await files.WriteMerchantsAsync(10, cancellationToken), "merchants", cancellationToken);
        var run = await pipeline.ImportAsync(files.WritePayments(payments, cancellationToken), "payments", cancellationToken);
        Out.Progress($"{run.Records} payments imported in {run.Seconds:0} s");
        // As autovacuum would have done some minutes later.
        await database.ExecuteAsync("vacuum analyze", cancellationToken);
        await database.ExecuteAsync("checkpoint", cancellationToken);
    }
}
