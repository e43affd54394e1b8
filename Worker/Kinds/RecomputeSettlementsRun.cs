using Payments.Pipeline.Assertions;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>Mends open settlements that are not the sums of their payments, and has the assertions look at them.</summary>
internal sealed class RecomputeSettlementsRun(AssertStage assert) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var result = await RecomputeStage.RunAsync(run, cancellationToken);
        await SlaCheckStage.RunAsync(run, cancellationToken);
        await assert.RunAsync(run, wholeStore: false, cancellationToken);
        return result;
    }
}
