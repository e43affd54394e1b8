using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Worker.Runs;

namespace Payments.Worker.Simulations;

/// <summary>A run whose second step has a permanent fault until somebody asks for the run again.</summary>
internal sealed class FailedJob(RunQueue queue) : ISimulation
{
    private const string Fault = "Simulated: a fault that no repetition mends by itself; POST /api/etl/runs/{id}/retry mends it.";

    /// <inheritdoc/>
    public async Task<object> HarmAsync(RunContext run, CancellationToken cancellationToken)
    {
        await SettleStage.RunAsync(run, cancellationToken);
        // A run that was parked keeps its error until it ends again: so it is known that somebody has asked for it.
        var isRetried = (await queue.FindAsync(run.RunId, cancellationToken))?.Error == Fault;
        return await run.StepAsync(
            "simulate",
            _ => isRetried ? Task.FromResult(new { FailedBefore = true }) : throw new RunGivenUpException(Fault),
            cancellationToken);
    }
}
