using System.Globalization;
using Payments.Database;
using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Issue 3's bars: one file of each size through a real worker into an empty database, beside raw COPY of the same rows, then the contract's reads.</summary>
internal static class ScaleBenchmark
{
    private const int SettledOneIn = 10;

    public static async Task<int> RunAsync(ScaleOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            var files = new ScaleFiles(folder, options);
            var customers = await files.WriteCustomersAsync(cancellationToken);
            var merchants = await files.WriteMerchantsAsync(SettledOneIn, cancellationToken);
            var allSettled = await files.WriteMerchantsAsync(1, cancellationToken);
            var results = new List<ScaleResult>();
            foreach (var size in options.Payments)
            {
                var payments = files.WritePayments(size, cancellationToken);
                Out.Progress($"{size} payments written to a file of {payments.Length / 1048576} MiB");
                results.Add(await MeasureAsync(options, folder, customers, merchants, payments, allSettled, cancellationToken));
                payments.Delete();
                Directory.Delete(Storage(folder).Path, recursive: true);
            }

            Print(results);
            return results.TrueForAll(result => result.Differences == 0) ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The import's rate beside that of COPY, best of several rounds, held to a ratio that was recorded.</summary>
    /// <returns>1 when the best is below half of it.</returns>
    public static async Task<int> CompareAsync(ScaleOptions options, int rounds, double recorded, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            var files = new ScaleFiles(folder, options);
            var customers = await files.WriteCustomersAsync(cancellationToken);
            var merchants = await files.WriteMerchantsAsync(SettledOneIn, cancellationToken);
            var payments = files.WritePayments(options.Payments.Single(), cancellationToken);
            var best = 0.0;
            for (var round = 1; round <= rounds; round++)
            {
                await using var database = await BenchDatabase.StartAsync(cancellationToken);
                using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), Storage(folder));
                await using var pipeline = new PipelineImport(database, Storage(folder));
                await pipeline.ImportAsync(customers, "customers", cancellationToken);
                await pipeline.ImportAsync(merchants, "merchants", cancellationToken);
                var run = await pipeline.ImportAsync(payments, "payments", cancellationToken);
                var copy = await RawCopy.MeasureAsync(database, folder, cancellationToken);
                best = Math.Max(best, copy.Seconds / run.Seconds);
                Out.Print($"round={round} pipeline/raw_copy={copy.Seconds / run.Seconds:0.000} seconds={run.Seconds:0.0} ({run.Steps})");
            }

            Out.Print($"best={best:0.000} recorded={recorded:0.000} share={best / recorded:0.00}{(best < recorded * 0.75 ? " WARNING: the import has lost speed" : "")}");
            return best < recorded / 2 ? 1 : 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ScaleResult> MeasureAsync(
        ScaleOptions options, DirectoryInfo folder, FileInfo customers, FileInfo merchants, FileInfo payments, FileInfo allSettled, CancellationToken cancellationToken)
    {
        var storage = Storage(folder);
        await using var database = await BenchDatabase.StartAsync(cancellationToken, settings: options.ShowsCost ? ImportCost.ServerSettings : null);
        using var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), storage);
        await using var pipeline = new PipelineImport(database, storage);

        await pipeline.ImportAsync(customers, "customers", cancellationToken);
        await pipeline.ImportAsync(merchants, "merchants", cancellationToken);
        var cost = options.ShowsCost ? await ImportCost.BeginAsync(database, cancellationToken) : null;
        var run = await pipeline.ImportAsync(payments, "payments", cancellationToken);
        if (cost is not null) await cost.PrintAsync(run.Records, cancellationToken);
        Out.Progress($"{run.Records} payments imported in {run.Seconds:0} s; raw COPY of the same rows follows");
        var copy = await RawCopy.MeasureAsync(database, folder, cancellationToken);

        Out.Progress($"raw COPY took {copy.Seconds:0} s; settling the other merchants follows");
        var settling = run.Records <= options.SettleAtMost ? await pipeline.ImportAsync(allSettled, "merchants", cancellationToken) : null;
        var reads = new List<Latency>();
        foreach (var (name, sql) in ContractReads.For(DateOnly.FromDateTime(options.Today.AddDays(-1))))
        {
            reads.Add(await Latency.MeasureAsync(database, name, sql, cancellationToken));
        }

        Out.Progress($"reads measured; rollups are proved equal to the payments");
        var differences = await RollupProof.FindDifferencesAsync(database.ConnectionString, new MigratorOptions(), cancellationToken);
        var result = new ScaleResult(
            run, copy.Seconds, worker.PeakMebibytes, worker.ProcessorSeconds, settling, differences.Count,
            await database.ScalarAsync<long>("select pg_database_size(current_database()) / 1048576", cancellationToken),
            await database.ScalarAsync<long>("select count(*) from rollup.payment_days", cancellationToken),
            reads);
        PrintLoad(result);
        return result;
    }

    private static StorageOptions Storage(DirectoryInfo folder) => new() { Path = Path.Combine(folder.FullName, "storage") };

    private static void Print(List<ScaleResult> results)
    {
        foreach (var result in results) PrintLoad(result);
        var smallest = results.MinBy(result => result.Run.Records)!;
        var slowest = results.MaxBy(result => result.Run.Records)!;
        Out.Print($"rate at {slowest.Run.Records} / rate at {smallest.Run.Records}: {slowest.Rate / smallest.Rate:0.00}");
        foreach (var name in smallest.Reads.Select(read => read.Name))
        {
            var first = smallest.Reads.Single(read => read.Name == name);
            var cells = results.Select(result => result.Reads.Single(read => read.Name == name)).Select(read => string.Create(
                CultureInfo.InvariantCulture,
                $"{read.Median,8:0.0} ms ({read.Rows} rows{(read.Rows == first.Rows && read != first ? $", x{read.Median / first.Median:0.00}" : "")})"));
            Out.Print($"{name,-46}{string.Join("  ", cells)}");
        }
    }

    private static void PrintLoad(ScaleResult result)
    {
        var run = result.Run;
        Out.Print($"payments={run.Records}");
        Out.Print($"  pipeline   seconds={run.Seconds:0.0} rows_per_second={result.Rate:0} ({run.Steps})");
        Out.Print($"  raw_copy   seconds={result.CopySeconds:0.0} rows_per_second={run.Records / result.CopySeconds:0}");
        Out.Print($"  ratio      pipeline/raw_copy={result.CopySeconds / run.Seconds:0.000}");
        Out.Print($"  worker     peak_mib={result.PeakMebibytes:0} processor_seconds={result.ProcessorSeconds:0}");
        Out.Print($"  rollups    differences={result.Differences} payment_days_rows={result.DayRows}");
        Out.Print($"  settling   one merchant in {SettledOneIn}: seconds={run.SettleSeconds:0.0}");
        if (result.Settling is { } all) Out.Print($"  settling   the others: seconds={all.SettleSeconds:0.0} assertions={all.AssertSeconds:0.0}");
        Out.Print($"  size       database_mib={result.DatabaseMebibytes} bytes_per_payment={result.DatabaseMebibytes * 1048576.0 / run.Records:0}");
    }
}

/// <summary>What one size showed.</summary>
internal sealed record ScaleResult(
    ImportTimes Run, double CopySeconds, double PeakMebibytes, double ProcessorSeconds, ImportTimes? Settling, int Differences,
    long DatabaseMebibytes, long DayRows, IReadOnlyList<Latency> Reads)
{
    public double Rate => Run.Records / Run.Seconds;
}
