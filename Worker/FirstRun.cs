using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline;
using Payments.Pipeline.Generate;
using Payments.Pipeline.Runs;

namespace Payments.Worker;

/// <summary>Asks, once in a database's life, for the run that fills an empty sample database, where <c>Generate:Enabled</c> and <c>Generate:FirstRun</c> say so.</summary>
internal sealed class FirstRun(
    RunQueue queue, NpgsqlDataSource dataSource, DatabaseWatch database, IOptions<GenerateOptions> options, ILogger<FirstRun> logger) : BackgroundService
{
    private const string RequestKey = "first_run";

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value is { Enabled: true, FirstRun: true }
        ? database.KeepTryingAsync(() => RequestAsync(stoppingToken), stoppingToken)
        : Task.CompletedTask;

    private async Task RequestAsync(CancellationToken stopping)
    {
        using var activity = PipelineTelemetry.Source.StartActivity("first run");
        await using var command = dataSource.CreateCommand("select pipeline.is_store_empty()");
        if (!(bool)(await command.ExecuteScalarAsync(stopping))!) return;

        var runId = await queue.RequestAsync(RunKind.Etl, RequestKey, RunRequester.FirstRun, cancellationToken: stopping);
        logger.LogInformation("The store is empty: first run {RunId}", runId);
    }
}
