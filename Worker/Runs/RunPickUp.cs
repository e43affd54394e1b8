using Microsoft.Extensions.Options;

namespace Payments.Worker.Runs;

/// <summary>Keeps as many slots at work as <see cref="EtlOptions.ParallelRuns"/> says.</summary>
internal sealed class RunPickUp(IServiceProvider services, IOptions<EtlOptions> options) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Enumerable.Range(0, options.Value.ParallelRuns)
            .Select(_ => ActivatorUtilities.CreateInstance<RunSlot>(services).WorkAsync(stoppingToken)));
}
