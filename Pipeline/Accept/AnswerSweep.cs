using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Payments.Pipeline.Accept;

/// <summary>Clears away kept answers that have had their time.</summary>
internal sealed class AnswerSweep(NpgsqlDataSource dataSource, IOptions<AcceptOptions> options, TimeProvider clock, ILogger<AnswerSweep> logger) : BackgroundService
{
    private const int Most = 5_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) == Most)
                {
                }
            }
            catch (NpgsqlException error)
            {
                // They are not given any more, swept or not; the next turn sweeps them.
                logger.LogWarning("Old answers could not be cleared away: {Error}", error.Message);
            }
        }
    }

    private async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select pipeline.sweep_answers($1, $2)");
        command.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime.AddHours(-options.Value.KeyHours) });
        command.Parameters.Add(new() { Value = Most });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
