using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.Pipeline;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Bench;

/// <summary>Issue 2's bar: the cards file through the whole pipeline (import, validate, score, load, roll up) by a real worker, beside raw COPY of the same rows.</summary>
internal static class CardsBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static readonly (string Name, string Sql)[] Reads =
    [
        ("vw_payment_analytics, newest 100", "select * from public.vw_payment_analytics order by payment_date desc limit 100"),
        ("vw_payment_analytics, any 100", "select * from public.vw_payment_analytics limit 100"),
        ("vw_merchant_performance, all", "select * from public.vw_merchant_performance"),
        ("vw_customer_insights, top 100", "select * from public.vw_customer_insights order by total_spent desc limit 100"),
        ("vw_customer_insights, any 100", "select * from public.vw_customer_insights limit 100"),
        ("get_daily_transaction_summary", "select * from public.get_daily_transaction_summary('2018-06-20')"),
        ("detect_failed_payments, a month", "select * from public.detect_failed_payments('2018-06-01', '2018-06-30')"),
        ("detect_high_risk_transactions(70), first 100", "select * from public.detect_high_risk_transactions(70) limit 100"),
        ("identify_sla_breaches", "select * from public.identify_sla_breaches()"),
    ];

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
        var storage = Directory.CreateTempSubdirectory("payments-bench-");
        try
        {
            await using var database = await BenchDatabase.StartAsync(cancellationToken);
            await using var services = Services(database, storage.FullName);
            var options = new StorageOptions { Path = storage.FullName };

            Print($"file={file.Name} bytes={file.Length}");
            using (var worker = WorkerProcess.Start(database.ConnectionString, options))
            {
                var (run, seconds) = await ImportAsync(services, file, cancellationToken);
                var account = await database.ScalarAsync<string>(
                    "select format('read=%s accepted=%s duplicates=%s rejected=%s', records_read, records_accepted, records_duplicate, records_rejected) from ops.imports",
                    cancellationToken);
                var read = await database.ScalarAsync<long>("select records_read from ops.imports", cancellationToken);
                var copy = await RawCopy.MeasureAsync(database, cancellationToken);
                var pipelineRate = read / seconds;
                var copyRate = copy.Rows / copy.Seconds;
                Print($"pipeline  status={run.Status} {account} seconds={seconds:0.00} rows_per_second={pipelineRate:0}");
                Print($"raw_copy  rows={copy.Rows} seconds={copy.Seconds:0.00} rows_per_second={copyRate:0}");
                Print($"ratio     pipeline/raw_copy={pipelineRate / copyRate:0.000}");
                Print($"memory    worker_peak_mib={worker.PeakMebibytes:0}");
                await PrintStepsAsync(database, cancellationToken);
            }

            foreach (var (name, sql) in Reads) await Latency.PrintAsync(database, name, sql, cancellationToken);
            Print($"size      database_mib={await database.ScalarAsync<long>("select pg_database_size(current_database()) / 1048576", cancellationToken)}");
            return 0;
        }
        finally
        {
            storage.Delete(recursive: true);
        }
    }

    // From asking (the file is received, hashed and spooled within the time) to the end of the run.
    private static async Task<(RequestedRun Run, double Seconds)> ImportAsync(ServiceProvider services, FileInfo file, CancellationToken cancellationToken)
    {
        await using var body = file.OpenRead();
        var from = Stopwatch.GetTimestamp();
        var ticket = await services.GetRequiredService<ImportIntake>().AcceptAsync(
            body, new ImportRequest("handbook", ImportMode.Insert, file.Name, RunRequester.Command), cancellationToken);
        var run = await services.GetRequiredService<RunQueue>().WaitAsync(ticket.RunId, Patience, cancellationToken);
        return (run, Stopwatch.GetElapsedTime(from).TotalSeconds);
    }

    private static async Task PrintStepsAsync(BenchDatabase database, CancellationToken cancellationToken)
    {
        await using var command = database.DataSource.CreateCommand(
            "select stage, rows_in, rows_out, duration_ms from ops.run_steps order by run_id, attempt, step_number");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Print($"stage     {reader.GetString(0),-12} rows_in={reader.GetInt64(1)} rows_out={reader.GetInt64(2)} ms={reader.GetInt64(3)}");
        }
    }

    private static ServiceProvider Services(BenchDatabase database, string storage)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"{StorageOptions.Section}:Path", storage)])
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System).AddSingleton(database.DataSource).AddLogging();
        services.AddPaymentsPipeline(configuration);
        return services.BuildServiceProvider();
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
