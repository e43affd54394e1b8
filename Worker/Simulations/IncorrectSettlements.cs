using Npgsql;
using Payments.Pipeline.Runs;
using Payments.Worker.Runs;

namespace Payments.Worker.Simulations;

/// <summary>A few open settlements whose totals and commissions are not those of their payments.</summary>
internal sealed class IncorrectSettlements : ISimulation
{
    private const int Count = 3;

    /// <inheritdoc/>
    public async Task<object> HarmAsync(RunContext run, CancellationToken cancellationToken) =>
        await run.StepAsync("simulate", step => FalsifyAsync(run, step, cancellationToken), cancellationToken);

    private static async Task<object> FalsifyAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        var falsified = new List<Falsified>();
        await using (var command = new NpgsqlCommand("select settlement_id, former_net_amount, net_amount from pipeline.simulate_incorrect_settlements($1)", connection))
        {
            command.Parameters.Add(new() { Value = Count });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) falsified.Add(new(reader.GetString(0), reader.GetDecimal(1), reader.GetDecimal(2)));
        }

        if (falsified.Count == 0) throw new RunGivenUpException("No settlement is PENDING; POST /api/etl/run makes some.");

        await transaction.CommitAsync(cancellationToken);
        step.RowsOut = falsified.Count;
        return new { Settlements = falsified };
    }

    private sealed record Falsified(string SettlementId, decimal FormerNetAmount, decimal NetAmount);
}
