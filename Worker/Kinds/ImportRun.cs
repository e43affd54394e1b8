using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>One file from the spool to the store.</summary>
internal sealed class ImportRun(ImportStage import) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        return await import.RunAsync(run, RunJson.Read<Parameters>(parameters).ImportId, cancellationToken);
    }

    private sealed record Parameters(long ImportId);
}
