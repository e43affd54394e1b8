using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Settle;

/// <summary>What a settle run has done.</summary>
/// <param name="Added">New settlements.</param>
/// <param name="Recomputed">PENDING settlements that took payments which arrived late.</param>
/// <param name="PaymentsSettled">Payments put into a settlement.</param>
public sealed record SettleResult(long Added, long Recomputed, long PaymentsSettled);

/// <summary>Settles the SUCCESS payments of completed UTC days; safe to repeat, and its cost follows the new payments.</summary>
/// <remarks>
/// A day is one transaction. A backlog is two, each with half of the merchants on a connection of its own: the first holds the lock and ends the
/// run when both are done. Until then the batches stay due, marked as looked at: whatever is killed when, the next run looks which payments are settled.
/// </remarks>
public static class SettleStage
{
    /// <summary>Below this many records a second connection gains less than its preparations take.</summary>
    private const long LargeBacklog = 200_000;

    /// <summary>Settles everything before today.</summary>
    public static Task<SettleResult> RunAsync(RunContext run, CancellationToken cancellationToken) => RunAsync(run, LargeBacklog, cancellationToken);

    /// <summary>Number of settlements for the UTC days from <paramref name="from"/> on.</summary>
    public static async Task<long> CountAsync(RunContext run, DateOnly from, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand("select pipeline.count_settlements($1)");
        command.Parameters.Add(new() { Value = from });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    internal static Task<SettleResult> RunAsync(RunContext run, long largeBacklog, CancellationToken cancellationToken) =>
        run.StepAsync("settle", step => SettleAsync(run, step, largeBacklog, cancellationToken), cancellationToken);

    private static async Task<SettleResult> SettleAsync(RunContext run, RunStep step, long largeBacklog, CancellationToken cancellationToken)
    {
        var asOf = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime);
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        // Whoever holds it may be settling a backlog.
        await ExecuteAsync(connection, "select pipeline.lock_settlements()", cancellationToken);
        var plan = await SettlePlan.ReadAsync(connection, asOf, cancellationToken);
        var done = plan.Records < largeBacklog
            ? await SettledPart.SettleAsync(connection, asOf, plan, cancellationToken)
            : await SettleHalvesAsync(run, connection, asOf, plan, cancellationToken);
        await done.FinishAsync(connection, asOf, plan, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        step.RowsIn = done.Payments;
        step.RowsOut = done.Added + done.Recomputed;
        return new(done.Added, done.Recomputed, done.Payments);
    }

    private static async Task<SettledPart> SettleHalvesAsync(
        RunContext run, NpgsqlConnection connection, DateOnly asOf, SettlePlan plan, CancellationToken cancellationToken)
    {
        await using var second = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using (var marking = await second.BeginTransactionAsync(cancellationToken))
        {
            await run.AssertOwnedAsync(second, cancellationToken);
            await ExecuteAsync(second, "select pipeline.mark_looked_at($1)", cancellationToken, plan.DueBatches);
            await marking.CommitAsync(cancellationToken);
        }

        var (one, other) = plan.Halve();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parts = await Task.WhenAll(
            EndTogetherAsync(SettledPart.SettleAsync(connection, asOf, one, failed.Token), failed),
            EndTogetherAsync(SettleApartAsync(run, second, asOf, other, failed.Token), failed));
        return parts[0] + parts[1];
    }

    private static async Task<SettledPart> SettleApartAsync(
        RunContext run, NpgsqlConnection connection, DateOnly asOf, SettlePlan plan, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        // Whoever waits for the first connection and makes this one wait would do so for ever: the server does not see that the first waits for this one.
        await ExecuteAsync(connection, "set local lock_timeout = '1min'", cancellationToken);
        var part = await SettledPart.SettleAsync(connection, asOf, plan, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return part;
    }

    private static async Task<T> EndTogetherAsync<T>(Task<T> part, CancellationTokenSource failed)
    {
        try
        {
            return await part;
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
