using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Payments.Pipeline.Generate;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Pipeline.Sla;
using Payments.Testing;

namespace Payments.Pipeline.Tests.Generate;

/// <summary>A store of its own, filled by the stages with the worker's rights at a time of the test's choice.</summary>
internal sealed class SampleStore : IAsyncDisposable
{
    private readonly TestDatabase _database = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("payments-sample-").FullName;
    private NpgsqlDataSource _worker = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 15, 9, 30, 0, TimeSpan.Zero));

    public static async Task<SampleStore> CreateAsync()
    {
        var store = new SampleStore();
        await store._database.InitializeAsync();
        store._worker = NpgsqlDataSource.Create(store._database.ConnectionStringFor("payments_worker"));
        return store;
    }

    /// <summary>An ETL run that a worker has claimed, the one before it ended; or the next attempt of a run.</summary>
    public async Task<RunContext> ClaimAsync(long? runId = null)
    {
        if (runId is null)
        {
            await RowsAsync("update ops.runs set status = 'succeeded', finished_at = now() where status = 'running' returning run_id");
            runId = await ScalarAsync<long>(
                "insert into ops.runs (kind, request_key, requested_by, status) values ('etl', gen_random_uuid()::text, 'command', 'running') returning run_id");
        }

        var attempt = await ScalarAsync<int>($"update ops.runs set attempt = attempt + 1 where run_id = {runId} returning attempt");
        return new(runId.Value, attempt, _worker, Clock);
    }

    /// <summary>The stages of a sample run in their order.</summary>
    public async Task<(GenerateResult Sample, SettleResult Settled)> RunAsync(GenerateOptions options)
    {
        var run = await ClaimAsync();
        var sample = await GenerateAsync(run, options);
        var settled = await SettleStage.RunAsync(run, CancellationToken.None);
        await PayoutStage.RunAsync(run, options, CancellationToken.None);
        await SlaCheckStage.RunAsync(run, CancellationToken.None);
        return (sample, settled);
    }

    public async Task<GenerateResult> GenerateAsync(RunContext run, GenerateOptions options, int batchRecords = 50_000, CancellationToken cancellationToken = default)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Path"] = _folder,
            ["Import:BatchRecords"] = $"{batchRecords}",
        }).Build();
        await using var services = new ServiceCollection()
            .AddSingleton(_worker)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>))
            .AddPaymentsPipeline(configuration)
            .BuildServiceProvider();
        return await services.GetRequiredService<GenerateStage>().RunAsync(run, options, cancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every row as text, for comparing.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand($"with row_of as ({sql}) select row_of::text from row_of");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
