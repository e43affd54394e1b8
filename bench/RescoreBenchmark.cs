using System.CommandLine;
using Payments.Database;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Issue 4's bars of re-scoring: stored payments of two years scored anew by a real worker, first as a dry run, then with a rule that changes every score and many flags.</summary>
internal static class RescoreBenchmark
{
    private const double ComputeBar = 50_000;
    private const double WriteBar = 10_000;
    private const double MemoryBar = 1024;
    private const int Merchants = 2_000;

    public static Command Command()
    {
        var payments = new Option<long>("--payments") { Description = "Payments, over the 730 days before today.", DefaultValueFactory = _ => 1_000_000 };
        var customers = new Option<int>("--customers") { Description = "Customers.", DefaultValueFactory = _ => 50_000 };
        var command = new Command("rescore", "History scored anew: payments computed per second, changed scores written back per second, the worker's memory.") { payments, customers };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(payments), parsed.GetValue(customers), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(long payments, int customers, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            var storage = new StorageOptions { Path = Path.Combine(folder.FullName, "storage") };
            var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
            await using var pipeline = new PipelineImport(database, storage);
            using (WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage))
            {
                await ImportAsync(folder, pipeline, new([payments], customers, Merchants, IsShuffled: false, SettleAtMost: 0, today), payments, cancellationToken);
            }

            await LearnAsync(database, storage, pipeline, cancellationToken);

            // Another worker, so that the memory is that of scoring anew.
            using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
            var idle = worker.ProcessorSeconds;
            var dry = await pipeline.RescoreAsync(today, dryRun: true, cancellationToken);
            Out.Print($"engine     {await database.ScalarAsync<string>("select coalesce((select format('model=%s version=%s', kind, version) from risk.models where status = 'live'), 'model=none')", cancellationToken)}");
            Out.Print($"compute    payments={dry.Payments} would_change={dry.Changed} seconds={dry.Seconds:0.0} payments_per_second={dry.Payments / dry.Seconds:0} bar={ComputeBar:0} worker_processor_us_per_payment={(worker.ProcessorSeconds - idle) / dry.Payments * 1e6:0.0}");

            // Three points more for everything, and a flag for what is large or paid in crypto: every score and one flag in eight.
            await database.ExecuteAsync(
                """
                insert into risk.rules (rule_code, rule_version, description, expression, mode, points, severity, is_flag, max_share, author)
                values ('BENCH_ALL', 1, 'Everything', 'amount >= 0', 'live', 3, 'LOW', false, 1, 'bench'),
                    ('BENCH_FLAG', 1, 'Crypto', 'payment_method = ''CRYPTO''', 'live', 0, 'LOW', true, 1, 'bench');
                select pipeline.announce_risk_change('rules')
                """,
                cancellationToken);
            var real = await pipeline.RescoreAsync(today, dryRun: false, cancellationToken);
            Out.Print($"write_back payments={real.Payments} changed={real.Changed} flags_set={real.FlagsSet} seconds={real.Seconds:0.0} changed_per_second={real.Changed / real.Seconds:0} bar={WriteBar:0}");
            Out.Print($"memory     worker_peak_mib={worker.PeakMebibytes:0} bar={MemoryBar:0}");
            var differences = await RollupProof.FindDifferencesAsync(database.ConnectionString, new MigratorOptions(), cancellationToken);
            Out.Print($"rollups    differences={differences.Count}");
            return differences.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Frauds as a model would learn them, so that a forest and trees are asked too.</summary>
    private static async Task LearnAsync(BenchDatabase database, StorageOptions storage, PipelineImport pipeline, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            """
            insert into risk.labels (payment_id, source, is_fraud, known_at, customer_id, merchant_id, transaction_date)
            select payment_id, 'handbook', true, transaction_date + interval '5 days', customer_id, merchant_id, transaction_date
            from public.payments
            where transaction_date >= now() - interval '90 days'
                and amount > 5000
                and payment_method in ('CRYPTO', 'WALLET')
            """,
            cancellationToken);
        using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
        await pipeline.TrainAsync(cancellationToken);
    }

    private static async Task ImportAsync(DirectoryInfo folder, PipelineImport pipeline, ScaleOptions options, long payments, CancellationToken cancellationToken)
    {
        var files = new ScaleFiles(folder, options);
        await pipeline.ImportAsync(await files.WriteCustomersAsync(cancellationToken), "customers", cancellationToken);
        await pipeline.ImportAsync(await files.WriteMerchantsAsync(options.Merchants, cancellationToken), "merchants", cancellationToken);
        var file = files.WritePayments(payments, cancellationToken);
        var run = await pipeline.ImportAsync(file, "payments", cancellationToken);
        Out.Progress($"{run.Records} payments imported in {run.Seconds:0} s ({run.Steps})");
        file.Delete();
    }
}

/// <summary>What a rescore took.</summary>
internal sealed record RescoreTimes(long Payments, long Changed, long FlagsSet, double Seconds);
