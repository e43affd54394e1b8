using System.Text;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.Pipeline;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Api.Tests;

/// <summary>Makes the rows of a test: through the pipeline's own stages, so that tables and running totals agree, and by SQL.</summary>
public sealed class Store : IDisposable
{
    private readonly NpgsqlDataSource _owner;
    private readonly ServiceProvider _services;

    public Store(NpgsqlDataSource owner, string storage, params (string Key, string? Value)[] more)
    {
        _owner = owner;
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Storage:Path", storage), .. more.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))])
            .Build();
        _services = new ServiceCollection()
            .AddSingleton(owner)
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddSingleton<IConfiguration>(settings)
            .AddPaymentsPipeline(settings)
            .BuildServiceProvider();
    }

    public Task ExecuteAsync(string sql, object? parameters = null) => WithConnectionAsync(connection => connection.ExecuteAsync(sql, parameters));

    public Task<T> ScalarAsync<T>(string sql, object? parameters = null) => WithConnectionAsync(connection => connection.ExecuteScalarAsync<T>(sql, parameters))!;

    /// <summary>Imports a file as the worker would.</summary>
    /// <returns>The import's id.</returns>
    public async Task<long> ImportAsync(string profile, string csv)
    {
        var intake = _services.GetRequiredService<ImportIntake>();
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var ticket = await intake.AcceptAsync(file, new(profile, ImportMode.Insert, "test.csv", RunRequester.Command), CancellationToken.None);
        await DoImportAsync(ticket.RunId, ticket.ImportId);
        return ticket.ImportId;
    }

    /// <summary>Does a requested import as the worker would.</summary>
    public async Task DoImportAsync(long runId, long importId, int attempt = 1)
    {
        await ExecuteAsync("update ops.runs set status = 'running', attempt = @attempt, started_at = now() where run_id = @runId", new { runId, attempt });
        var stage = _services.GetRequiredService<ImportStage>();
        await stage.RunAsync(new RunContext(runId, attempt, _owner, TimeProvider.System), importId, CancellationToken.None);
        await FinishRunAsync(runId, "succeeded");
    }

    /// <summary>Ends a run as the worker would.</summary>
    public Task FinishRunAsync(long runId, string status, string? result = null, string? error = null) => ExecuteAsync(
        """
        update ops.runs
        set status = @status, started_at = coalesce(started_at, now()), finished_at = now(), result = @result::jsonb, error = @error
        where run_id = @runId
        """,
        new { runId, status, result, error });

    /// <summary>Waits for a run of a kind to be asked for, later than another.</summary>
    public async Task<long> QueuedRunAsync(string kind, long after = 0)
    {
        for (var i = 0; i < 500; i++)
        {
            if (await ScalarAsync<long?>("select min(run_id) from ops.runs where kind = @kind and status = 'queued' and run_id > @after", new { kind, after }) is { } runId)
            {
                return runId;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"Nobody asked for a run of the kind {kind}.");
    }

    public void Dispose() => _services.Dispose();

    private async Task<T> WithConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        await using var connection = await _owner.OpenConnectionAsync();
        return await work(connection);
    }
}
