using Microsoft.Extensions.Options;

namespace Payments.Worker.Drop;

/// <summary>Looks into the drop folder again and again.</summary>
internal sealed class DropFolderWatch(DropFolder folder, DatabaseWatch database, IOptions<DropOptions> options, TimeProvider clock) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.Enabled
        ? database.KeepTryingAsync(
            async () =>
            {
                while (!stoppingToken.IsCancellationRequested)
                {
                    await folder.SweepAsync(stoppingToken);
                    await Task.Delay(options.Value.PollInterval, clock, stoppingToken);
                }
            },
            stoppingToken)
        : Task.CompletedTask;
}
