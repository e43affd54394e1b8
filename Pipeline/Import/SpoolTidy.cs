using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Payments.Pipeline.Import;

/// <summary>Removes what uploads of a killed process left half written in the spool: at the start, and now and then.</summary>
internal sealed class SpoolTidy(Spool spool, IOptions<StorageOptions> options, TimeProvider clock, ILogger<SpoolTidy> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.AbandonedAfter, clock);
        do
        {
            try
            {
                if (spool.RemoveAbandoned(clock.GetUtcNow() - options.Value.AbandonedAfter) is var removed and > 0)
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
