using Payments.Pipeline.Assertions;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Evaluates every assertion, those that read whole tables too.</summary>
internal sealed class AssertionsRun(AssertStage assert) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await assert.RunAsync(run, wholeStore: true, cancellationToken);
}
