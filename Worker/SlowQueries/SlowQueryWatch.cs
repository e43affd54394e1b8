using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline;

namespace Payments.Worker.SlowQueries;

/// <summary>Looks every few seconds for statements that take too long: in the log, as a metric, in <c>ops.slow_queries</c>; and cancels those that somebody asked to.</summary>
internal sealed class SlowQueryWatch(
    NpgsqlDataSource dataSource, DatabaseWatch database, IOptions<SlowQueryOptions> options, TimeProvider clock, ILogger<SlowQueryWatch> logger) : BackgroundService
{
    private static readonly Counter<long> Seen = PipelineTelemetry.Meter.CreateCounter<long>(
        "payments.slow_queries", "{statement}", "Statements that were slow, by login and state: running when first seen, then finished or cancelled.");

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => database.KeepTryingAsync(
        async () =>
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                await Task.Delay(options.Value.Every, clock, stoppingToken);
            }
        },
        stoppingToken);

    private async Task LookAsync(CancellationToken stopping)
    {
        await using var command = dataSource.CreateCommand(
            "select slow_query_id, role_name, application_name, statement, state, duration_ms from pipeline.watch_slow_queries($1, $2)");
        command.Parameters.Add(new() { Value = options.Value.After });
        command.Parameters.Add(new() { Value = options.Value.RunsAfter });
        await using var reader = await command.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            var (id, role, state) = (reader.GetInt64(0), reader.GetString(1), reader.GetString(4));
            Seen.Add(1, new("role", role), new("state", state));
            logger.LogWarning(
                "Slow query {SlowQueryId} of {Role} ({Application}) is {State} after {Duration:F1} s: {Statement}",
                id, role, reader.GetString(2), state, reader.GetInt64(5) / 1000.0, reader.GetString(3));
        }
    }
}

/// <summary>The watch as a concern of the worker.</summary>
internal static class SlowQueryWatchRegistration
{
    /// <summary>Adds the watch and the options of section <c>SlowQueries</c>.</summary>
    public static IHostApplicationBuilder AddSlowQueryWatch(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SlowQueryOptions>().BindConfiguration(SlowQueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<SlowQueryWatch>();
        return builder;
    }
}
