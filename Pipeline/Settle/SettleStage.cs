using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Settle;

/// <summary>What a settle run has done.</summary>
/// <param name="Added">New settlements.</param>
/// <param name="Recomputed">PENDING settlements that took payments which arrived late.</param>
/// <param name="PaymentsSettled">Payments put into a settlement.</param>
public sealed record SettleResult(long Added, long Recomputed, long PaymentsSettled);

/// <summary>Settles the SUCCESS payments of completed UTC days; safe to repeat, and its cost follows the new payments.</summary>
public static class SettleStage
{
    /// <summary>Settles everything before today, in one transaction.</summary>
    public static Task<SettleResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("settle", step => SettleAsync(run, step, cancellationToken), cancellationToken);

    /// <summary>Number of settlements for the UTC days from <paramref name="from"/> on.</summary>
    public static async Task<long> CountAsync(RunContext run, DateOnly from, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.count_settlements($1)");
        command.Parameters.Add(new() { Value = from });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<SettleResult> SettleAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        // However many payments a backfill has brought, they are settled at once.
        await using var command = new NpgsqlCommand(
            "select settlements_added, settlements_recomputed, payments_settled from pipeline.settle_payments($1)", connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime) });
        SettleResult result;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            result = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        await transaction.CommitAsync(cancellationToken);
        step.RowsIn = result.PaymentsSettled;
        step.RowsOut = result.Added + result.Recomputed;
        return result;
    }
}
