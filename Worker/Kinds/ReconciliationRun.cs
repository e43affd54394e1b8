using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>Reconciles processors and banks with payments and settlements, and checks the SLA of what that has paid.</summary>
internal sealed class ReconciliationRun(ReconcileStage reconcile) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var result = await reconcile.RunAsync(run, RunJson.Read<ReconcileRequest>(parameters), cancellationToken);
        await SlaCheckStage.RunAsync(run, cancellationToken);
        return result;
    }
}
