using Payments.Pipeline.Import;

namespace Payments.Bench;

/// <summary>Issue 2's bar: the cards file through the whole pipeline (import, validate, score, load, roll up) by a real worker, beside raw COPY of the same rows.</summary>
internal static class CardsBenchmark
{
    /// <summary>The cards file in ../shared/data, seen from the repository.</summary>
    public static FileInfo DefaultFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var cards = new DirectoryInfo(Path.Combine(folder.FullName, "..", "shared", "data", "cards"));
            if (cards.Exists && cards.EnumerateFiles("*.csv.gz").FirstOrDefault() is { } file) return file;
        }

        throw new FileNotFoundException("No cards file beside the repository: name one with --file.");
    }

    public static async Task<int> RunAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            var options = new StorageOptions { Path = folder.FullName };

            Out.Print($"file={file.Name} bytes={file.Length}");
            using (var worker = WorkerProcess.Start(database.ConnectionStringFor("payments_worker"), options))
            await using (var pipeline = new PipelineImport(database, options))
            {
                var run = await pipeline.ImportAsync(file, "handbook", cancellationToken);
                var account = await database.ScalarAsync<string>(
                    "select format('read=%s accepted=%s duplicates=%s rejected=%s', records_read, records_accepted, records_duplicate, records_rejected) from ops.imports",
                    cancellationToken);
                var copy = await RawCopy.MeasureAsync(database, folder, cancellationToken);
                var pipelineRate = run.Records / run.Seconds;
                var copyRate = copy.Rows / copy.Seconds;
                Out.Print($"pipeline  {account} seconds={run.Seconds:0.00} rows_per_second={pipelineRate:0} ({run.Steps})");
                Out.Print($"raw_copy  rows={copy.Rows} seconds={copy.Seconds:0.00} rows_per_second={copyRate:0}");
                Out.Print($"ratio     pipeline/raw_copy={pipelineRate / copyRate:0.000}");
                Out.Print($"memory    worker_peak_mib={worker.PeakMebibytes:0}");
            }

            foreach (var (name, sql) in ContractReads.For(new(2018, 6, 30)))
            {
                var read = await Latency.MeasureAsync(database, name, sql, cancellationToken);
                Out.Print($"{read.Name,-46} rows={read.Rows} p50_ms={read.Median:0.0} max_ms={read.Worst:0.0}");
            }

            Out.Print($"size      database_mib={await database.ScalarAsync<long>("select pg_database_size(current_database()) / 1048576", cancellationToken)}");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
