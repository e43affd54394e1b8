using Npgsql;
using Payments.Database;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Removes every generated row, in one transaction.</summary>
internal sealed class RemoveGeneratedRun : IRunWork
{
    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken) =>
        await run.StepAsync("remove", step => RemoveAsync(run, step, cancellationToken), cancellationToken);

    private static async Task<RemovedRows> RemoveAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        RemovedRows removed;
        await using (var command = new NpgsqlCommand("select payments, settlements, customers, merchants from pipeline.remove_generated()", connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            removed = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        await transaction.CommitAsync(cancellationToken);
        step.RowsOut = removed.Payments + removed.Settlements + removed.Customers + removed.Merchants;
        return removed;
    }
}
