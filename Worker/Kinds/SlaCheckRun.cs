using Payments.Pipeline.Runs;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>Marks the settlements that are late and follows their incidents.</summary>
internal sealed class SlaCheckRun : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await SlaCheckStage.RunAsync(run, cancellationToken);
}
