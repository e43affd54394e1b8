using System.CommandLine;
using System.Diagnostics;
using Npgsql;
using Payments.Pipeline.Import;
using Payments.Pipeline.Rescore;
using Payments.Risk.Features;

namespace Payments.Bench;

/// <summary>
/// The pass that folds features from histories beside window functions that make the countable half of them, over the same stored payments in one
/// run: what both know must agree, and the times are held against each other.
/// </summary>
internal static class FeatureBenchmark
{
    private const int Merchants = 2_000;
    private static readonly string[] Shared = ["customer_count_30d", "customer_failed_24h", "merchant_count_24h"];

    public static Command Command()
    {
        var payments = new Option<long>("--payments") { Description = "Payments, over the 730 days before today.", DefaultValueFactory = _ => 500_000 };
        var customers = new Option<int>("--customers") { Description = "Customers.", DefaultValueFactory = _ => 50_000 };
        var command = new Command("features", "Features folded from histories beside window functions in SQL, over the same payments.") { payments, customers };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(payments), parsed.GetValue(customers), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long payments, int customers, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
            await ImportAsync(folder, database, new([payments], customers, Merchants, IsShuffled: false, SettleAtMost: 0, today), payments, cancellationToken);
            await database.ExecuteAsync("vacuum analyze", cancellationToken);

            // Once for the compiler and the server's cache, once to be measured.
            await FoldAsync(database, today, cancellationToken);
            var folded = await FoldAsync(database, today, cancellationToken);
            var windows = await AskAsync(database, cancellationToken);
            var agree = folded.Payments == windows.Payments && folded.Sums.SequenceEqual(windows.Sums);
            Out.Print($"folded   features={FeatureCatalogue.Count} {Words(folded)}");
            Out.Print($"windows  features=31 {Words(windows)}");
            Out.Print($"agree    {string.Join(' ', Shared.Zip(folded.Sums, windows.Sums).Select(pair => $"{pair.First}={pair.Second}/{pair.Third}"))} agree={agree}");
            Out.Print($"ratio    windows/folded seconds={windows.Seconds / folded.Seconds:0.00} processor={windows.ProcessorSeconds / folded.ProcessorSeconds:0.00}");
            return agree ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Words(Pass pass) => $"payments={pass.Payments} seconds={pass.Seconds:0.0} us_per_payment={pass.Seconds / pass.Payments * 1e6:0.0} processor_us_per_payment={pass.ProcessorSeconds / pass.Payments * 1e6:0.0}";

    // Ours and the server's: on a busy machine it tells more than the clock.
    private static async Task<double> ProcessorSecondsAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        var seconds = Environment.CpuUsage.TotalTime.TotalSeconds;
        foreach (var pid in await database.ScalarAsync<int[]>("select array_agg(pid) from pg_stat_activity where backend_type = 'client backend'", cancellationToken))
        {
            using var backend = Process.GetProcessById(pid);
            seconds += backend.TotalProcessorTime.TotalSeconds;
        }

        return seconds;
    }

    private static async Task<Pass> FoldAsync(BenchDatabase database, DateTime today, CancellationToken cancellationToken)
    {
        int[] places = [.. Shared.Select(name => FeatureCatalogue.TryFind(name, out var place) ? place : -1)];
        var sums = new long[places.Length];
        var payments = 0L;
        var processor = await ProcessorSecondsAsync(database, cancellationToken);
        var from = Stopwatch.GetTimestamp();
        await foreach (var page in new HistoricalFeatures(database.DataSource).ReadAsync(today.AddYears(-3), today.AddDays(1), cancellationToken))
        {
            payments += page.Count;
            foreach (var payment in page)
            {
                for (var i = 0; i < places.Length; i++) sums[i] += (long)payment.Subject.Features.Span[places[i]];
            }
        }

        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        return new(payments, seconds, await ProcessorSecondsAsync(database, cancellationToken) - processor, sums);
    }

    private static async Task<Pass> AskAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        using var sql = new StreamReader(typeof(FeatureBenchmark).Assembly.GetManifestResourceStream("FeatureWindows.sql")!);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using (var settings = new NpgsqlCommand("set work_mem = '512MB'; set jit = off; set max_parallel_workers_per_gather = 0", connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(await sql.ReadToEndAsync(cancellationToken), connection) { CommandTimeout = 0 };
        var processor = await ProcessorSecondsAsync(database, cancellationToken);
        var from = Stopwatch.GetTimestamp();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        return new(reader.GetInt64(0), seconds, await ProcessorSecondsAsync(database, cancellationToken) - processor, [reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)]);
    }

    private static async Task ImportAsync(DirectoryInfo folder, BenchDatabase database, ScaleOptions options, long payments, CancellationToken cancellationToken)
    {
        var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "storage") };
        using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
        await using var pipeline = new PipelineImport(database, storage);
        var files = new ScaleFiles(folder, options);
        await pipeline.ImportAsync(await files.WriteCustomersAsync(cancellationToken), "customers", cancellationToken);
        await pipeline.ImportAsync(await files.WriteMerchantsAsync(options.Merchants, cancellationToken), "merchants", cancellationToken);
        var run = await pipeline.ImportAsync(files.WritePayments(payments, cancellationToken), "payments", cancellationToken);
        Out.Progress($"{run.Records} payments imported in {run.Seconds:0} s ({run.Steps})");
    }

    private sealed record Pass(long Payments, double Seconds, double ProcessorSeconds, long[] Sums);
}
