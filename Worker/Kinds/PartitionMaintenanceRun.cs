using Npgsql;
using Payments.Pipeline.Retention;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Kinds;

/// <summary>Makes the partitions of this month and of those ahead, so that no load has to, and clears away what has had its time.</summary>
internal sealed class PartitionMaintenanceRun(SweepStage sweep) : IRunWork
{
    /// <summary>Months that are ready before they begin.</summary>
    public const int MonthsAhead = 3;

    /// <inheritdoc/>
    public async Task<object?> DoAsync(RunContext run, string parameters, CancellationToken cancellationToken)
    {
        var partitions = await run.StepAsync("partition", step => MakeAsync(run, step, cancellationToken), cancellationToken);
        return new MaintenanceResult(partitions, await sweep.RunAsync(run, cancellationToken));
    }

    private static async Task<int> MakeAsync(RunContext run, RunStep step, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select pipeline.ensure_payment_partitions($1, $2)", connection);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now.AddMonths(MonthsAhead) });
        var made = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        step.RowsOut = made;
        return made;
    }

    private sealed record MaintenanceResult(int Partitions, SweepResult Swept);
}
