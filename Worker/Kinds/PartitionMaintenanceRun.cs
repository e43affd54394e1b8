using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Makes the partitions of this month and of those ahead, so that no load has to.</summary>
internal sealed class PartitionMaintenanceRun : IRunWork
{
    /// <summary>Months that are ready before they begin.</summary>
    public const int MonthsAhead = 3;

    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        await run.StepAsync(
            "partition",
            async _ =>
            {
                var now = run.Clock.GetUtcNow().UtcDateTime;
                await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await run.AssertOwnedAsync(connection, cancellationToken);
                await using var command = new NpgsqlCommand("select pipeline.ensure_payment_partitions($1, $2)", connection);
                command.Parameters.Add(new() { Value = now });
                command.Parameters.Add(new() { Value = now.AddMonths(MonthsAhead) });
                await command.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return 0;
            },
            cancellationToken);
        return null;
    }
}
