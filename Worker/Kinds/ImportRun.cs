using System.Globalization;
using Payments.Pipeline.Assertions;
using Payments.Pipeline.Import;
using Payments.Pipeline.Reconcile;
using Payments.Pipeline.Runs;
using Payments.Pipeline.Settle;
using Payments.Pipeline.Sla;

namespace Payments.Worker.Kinds;

/// <summary>One file from the spool to the store, then the settlements of what it brought, the SLA check of those, and the assertions about all that. What processors and banks say is reconciled next.</summary>
internal sealed class ImportRun(ImportStage import, AssertStage assert, RunQueue queue) : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var importId = RunJson.Read<Parameters>(parameters).ImportId;
        var account = await import.RunAsync(run, importId, cancellationToken);
        await SettleStage.RunAsync(run, cancellationToken);
        await SlaCheckStage.RunAsync(run, cancellationToken);
        await assert.RunAsync(run, wholeStore: false, cancellationToken);
        if (account.Accepted > 0 && ReconciledFiles.Has(await ProfileAsync(run, importId, cancellationToken)))
        {
            await queue.RequestAsync(
                RunKind.Reconciliation, string.Create(CultureInfo.InvariantCulture, $"import:{importId}:reconciliation"), RunRequester.Schedule, new ReconcileRequest(), cancellationToken);
        }

        return account;
    }

    private static async Task<string?> ProfileAsync(RunContext run, long importId, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select profile from ops.imports where import_id = $1");
        command.Parameters.Add(new() { Value = importId });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private sealed record Parameters(long ImportId);
}
