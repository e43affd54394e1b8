using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.Pipeline.Import;

/// <summary>Removes what uploads of a killed process left half written in the spool: at the start, and every hour.</summary>
internal sealed class SpoolTidy(Spool spool, TimeProvider clock, ILogger<SpoolTidy> logger) : BackgroundService
{
    /// <summary>How long nothing was written to a file that is taken for abandoned, and how often that is looked at.</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Hour, clock);
        do
        {
            try
            {
                if (spool.RemoveAbandoned(clock.GetUtcNow() - Hour) is var removed and > 0)
                {
                    logger.LogInformation("Removed {Files} half-written files of uploads that were cut off", removed);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning("The spool cannot be tidied now: {Reason}", error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
