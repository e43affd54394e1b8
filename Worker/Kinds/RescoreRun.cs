using Payments.Pipeline.Rescore;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Scores the stored payments of some days anew.</summary>
internal sealed class RescoreRun(RescoreStage rescore) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await rescore.RunAsync(run, RunJson.Read<RescoreRequest>(parameters), cancellationToken);
}
