using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.Pipeline.Accept;

/// <summary>Clears away what transactions leave in their lanes, and folds what they count: doing so in each of them would make their callers wait.</summary>
internal sealed class LaneSweep(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<LaneSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var command = dataSource.CreateCommand("select pipeline.sweep_lanes(), pipeline.fold_rule_counts()");
                await command.ExecuteScalarAsync(stoppingToken);
            }
            catch (NpgsqlException error)
            {
                // The next turn sweeps them.
                logger.LogWarning("Lanes could not be cleared away, nor counts of rules folded: {Error}", error.Message);
            }
        }
    }
}
