using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Import;

/// <summary>Brings a spooled file into the store, batch by batch; a run that is taken over goes on behind the last whole batch.</summary>
public sealed class ImportStage
{
    /// <summary>Runs the import to its end.</summary>
    /// <returns>Its account.</returns>
    public Task<ImportAccount> RunAsync(RunContext run, long importId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
