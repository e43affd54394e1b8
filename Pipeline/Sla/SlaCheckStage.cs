using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Sla;

/// <summary>What an SLA check has found.</summary>
/// <param name="Breaches">Settlements paid late, or unpaid past their expected day.</param>
/// <param name="Opened">Incidents opened by this check, or opened again.</param>
/// <param name="Closed">Incidents that this check closed: the money has come, or they are no longer late.</param>
/// <param name="Warned">Settlements warned of.</param>
/// <param name="Escalated">Incidents that have escalated.</param>
/// <param name="Steps">Rows written to the timelines of incidents.</param>
public sealed record SlaCheckResult(long Breaches, long Opened, long Closed, long Warned, long Escalated, long Steps);

/// <summary>Keeps <c>settlements.sla_breach</c> and the incidents true as of today; safe to repeat, and its cost follows what is unpaid or has changed.</summary>
public static class SlaCheckStage
{
    /// <summary>Checks what can have changed, in one transaction; belongs behind whatever settles or pays.</summary>
    public static async Task<SlaCheckResult> RunAsync(RunContext run, CancellationToken cancellationToken)
    {
        var result = await run.StepAsync("sla_check", step => CheckAsync(run, step, cancellationToken), cancellationToken);
        await SlaMeters.MeasureAsync(run, result, cancellationToken);
        return result;
    }

    private static async Task<SlaCheckResult> CheckAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        // A first check looks at all that was ever late.
        await using var command = new NpgsqlCommand(
            """
            select breaches, incidents_opened, incidents_closed, incidents_warned, incidents_escalated, steps, settlements_judged
            from pipeline.check_sla($1, $2)
            """,
            connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(now) });
        command.Parameters.Add(new() { Value = now });
        SlaCheckResult result;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            result = new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
            step.RowsIn = reader.GetInt64(6);
        }

        await transaction.CommitAsync(cancellationToken);
        step.RowsOut = result.Steps;
        return result;
    }
}
