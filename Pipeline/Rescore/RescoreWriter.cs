using Npgsql;
using Payments.Pipeline.Alerts;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>Writes chunk after chunk, each in a transaction, while the next one is scored.</summary>
internal sealed class RescoreWriter(RunContext run, RescoreRequest request, EngineVersions versions, RescoreProgress progress) : IAsyncDisposable
{
    private Task _writing = Task.CompletedTask;
    private long _alerts = progress.Account.Alerts;

    /// <summary>Begins to write a chunk, when the one before is written. The account is as of its last payment.</summary>
    public Task BeginAsync(RescoreChunk chunk, CancellationToken cancellationToken) => BeginAsync(chunk, finishedAt: null, cancellationToken);

    /// <summary>Writes the last chunk: the rescore is finished.</summary>
    public async Task EndAsync(RescoreChunk chunk, CancellationToken cancellationToken)
    {
        await BeginAsync(chunk, run.Clock.GetUtcNow().UtcDateTime, cancellationToken);
        await _writing;
        progress.Account.Alerts = _alerts;
    }

    /// <summary>Waits for what is being written; how that ends is not asked any more.</summary>
    public async ValueTask DisposeAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task BeginAsync(RescoreChunk chunk, DateTime? finishedAt, CancellationToken cancellationToken)
    {
        await _writing;
        var account = progress.Account.Copy();
        _writing = Task.Run(() => WriteAsync(chunk, account, finishedAt, cancellationToken), cancellationToken);
    }

    private async Task WriteAsync(RescoreChunk chunk, RescoreAccount account, DateTime? finishedAt, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var raised = !request.DryRun && chunk.Changes > 0 ? await ApplyAsync(connection, chunk, cancellationToken) : 0;
        account.Alerts = _alerts += raised;
        await RescoreProgress.AdvanceAsync(connection, run, account, chunk.Last, finishedAt, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        AlertMeters.Stepped("raised", raised);
        RescoreMeters.Advanced(run.RunId, finishedAt is null ? account.Read : progress.Expected, progress.Expected);
    }

    private async Task<long> ApplyAsync(NpgsqlConnection connection, RescoreChunk chunk, CancellationToken cancellationToken)
    {
        await chunk.StageAsync(connection, cancellationToken);
        await using var apply = new NpgsqlCommand("select alerts_raised from pipeline.apply_rescores($1, $2, $3, $4)", connection) { CommandTimeout = 0 };
        foreach (var value in (object[])[versions.Rules, versions.Models, progress.ScoredAt, request.RaiseAlerts]) apply.Parameters.Add(new() { Value = value });
        return (long)(await apply.ExecuteScalarAsync(cancellationToken))!;
    }
}
