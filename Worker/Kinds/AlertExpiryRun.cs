using Payments.Pipeline.Alerts;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Ends alerts that nobody touches, forgets old events and measures the review.</summary>
internal sealed class AlertExpiryRun(ExpireStage expire) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await expire.RunAsync(run, cancellationToken);
}
