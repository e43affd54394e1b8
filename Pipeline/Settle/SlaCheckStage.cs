using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Settle;

/// <summary>What an SLA check has found.</summary>
/// <param name="Breaches">Settlements paid late, or unpaid past their expected day.</param>
/// <param name="Opened">Incidents recorded by this check.</param>
/// <param name="Closed">Earlier incidents whose money has come since.</param>
public sealed record SlaCheckResult(long Breaches, long Opened, long Closed);

/// <summary>Keeps <c>settlements.sla_breach</c> and the incidents true as of today; safe to repeat.</summary>
public static class SlaCheckStage
{
    /// <summary>Checks every settlement, in one transaction.</summary>
    public static Task<SlaCheckResult> RunAsync(RunContext run, CancellationToken cancellationToken) =>
        run.StepAsync("sla_check", step => CheckAsync(run, step, cancellationToken), cancellationToken);

    private static async Task<SlaCheckResult> CheckAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(
            "select breaches, incidents_opened, incidents_closed from pipeline.check_sla($1, $2)", connection);
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(now) });
        command.Parameters.Add(new() { Value = now });
        SlaCheckResult result;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            result = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        await transaction.CommitAsync(cancellationToken);
        step.RowsIn = result.Breaches;
        step.RowsOut = result.Opened + result.Closed;
        return result;
    }
}
