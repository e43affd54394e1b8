using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Settle;

/// <summary>A settlement that was wrong, before and after.</summary>
public sealed record MendedSettlement(string SettlementId, decimal FormerTotalAmount, decimal FormerNetAmount, decimal TotalAmount, decimal NetAmount);

/// <summary>What a recomputation has done.</summary>
/// <param name="Recomputed">PENDING settlements that were not the sums of their payments.</param>
/// <param name="Settlements">The first hundred of them.</param>
public sealed record RecomputeResult(long Recomputed, IReadOnlyList<MendedSettlement> Settlements);

/// <summary>Mends PENDING settlements that are not the sums of their payments; reads all of them, and changes none that is right.</summary>
public static class RecomputeStage
{
    private const int Shown = 100;

    /// <summary>Recomputes, in one transaction.</summary>
    public static Task<RecomputeResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("recompute", step => RecomputeAsync(run, step, cancellationToken), cancellationToken);

    private static async Task<RecomputeResult> RecomputeAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var shown = new List<MendedSettlement>();
        await using (var command = new NpgsqlCommand(
            "select settlement_id, former_total_amount, former_net_amount, total_amount, net_amount from pipeline.recompute_settlements($1)", connection))
        {
            // It reads the payments of every open settlement.
            command.CommandTimeout = 0;
            command.Parameters.Add(new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (step.RowsOut++ < Shown)
                {
                    shown.Add(new(reader.GetString(0), reader.GetDecimal(1), reader.GetDecimal(2), reader.GetDecimal(3), reader.GetDecimal(4)));
                }
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return new(step.RowsOut, shown);
    }
}
