using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Reconciles processors and banks with payments and settlements.</summary>
internal sealed class ReconciliationRun(ReconcileStage reconcile) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await reconcile.RunAsync(run, RunJson.Read<ReconcileRequest>(parameters), cancellationToken);
}
