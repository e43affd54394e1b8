using Payments.Pipeline.Assertions;
using Payments.Pipeline.Import;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>One file from the spool to the store, then the settlements of what it brought, the SLA check of those, and the assertions about all that.</summary>
internal sealed class ImportRun(ImportStage import, AssertStage assert) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var account = await import.RunAsync(run, RunJson.Read<Parameters>(parameters).ImportId, cancellationToken);
        await SettleStage.RunAsync(run, cancellationToken);
        await SlaCheckStage.RunAsync(run, cancellationToken);
        await assert.RunAsync(run, wholeStore: false, cancellationToken);
        return account;
    }

    private sealed record Parameters(long ImportId);
}
