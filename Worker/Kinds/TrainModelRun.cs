using Payments.Pipeline.Models;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Trains a model and promotes it if it is better than the live one.</summary>
internal sealed class TrainModelRun(TrainStage train) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await train.RunAsync(run, cancellationToken);
}
