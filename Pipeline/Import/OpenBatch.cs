using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Score;
using Payments.Pipeline.Validate;

namespace Payments.Pipeline.Import;

/// <summary>The batch in a lane and its transaction, from its validation, which claims keys, to its commit.</summary>
internal sealed class OpenBatch(Lane lane) : IAsyncDisposable
{
    private NpgsqlTransaction? _transaction;

    public Lane Lane => lane;

    /// <summary>Whether the transaction is open and the batch validated in it.</summary>
    public bool IsPrepared { get; private set; }

    /// <summary>What the validation says of its records.</summary>
    public ValidatedRecords Validated { get; private set; } = ValidatedRecords.None;

    /// <summary>The scores of its payments; null while it has none.</summary>
    public Scores? Scores { get; set; }

    /// <summary>Whether its payments are inserted, and only to be counted.</summary>
    public bool IsInserted { get; set; }

    /// <summary>Opens the transaction and prepares the batch in it; after a fault there is none.</summary>
    public async Task OpenAsync(Func<Task<ValidatedRecords>> prepare, CancellationToken cancellationToken)
    {
        _transaction = await lane.Connection.BeginTransactionAsync(cancellationToken);
        try
        {
            Validated = await prepare();
            IsPrepared = true;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes it last.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _transaction!.CommitAsync(cancellationToken);

    /// <summary>Rolls back what is not committed: the keys are free again, the staged rows stay.</summary>
    public async ValueTask DisposeAsync()
    {
        (IsPrepared, Validated, Scores, IsInserted) = (false, ValidatedRecords.None, null, false);
        if (Interlocked.Exchange(ref _transaction, null) is { } transaction) await transaction.DisposeAsync();
    }
}
