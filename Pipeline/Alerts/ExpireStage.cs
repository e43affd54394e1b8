using Microsoft.Extensions.Options;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Alerts;

/// <summary>What went with time.</summary>
/// <param name="Expired">Alerts that nobody touched for too long.</param>
/// <param name="EventsSwept">Events that the feed need not tell any more.</param>
public sealed record ExpireResult(long Expired, long EventsSwept);

/// <summary>Ends alerts that nobody touches, forgets old events, and measures how the review is doing; safe to repeat.</summary>
public sealed class ExpireStage(IOptions<FeedOptions> feed)
{
    /// <summary>Over how many days verdicts are measured.</summary>
    public const int MeasuredDays = 30;

    /// <summary>Does it, in one transaction each.</summary>
    public async Task<ExpireResult> RunAsync(RunContext run, CancellationToken cancellationToken)
    {
        var now = run.Clock.GetUtcNow().UtcDateTime;
        var expired = await run.StepAsync("expire", step => ChangeAsync(run, step, "select pipeline.expire_alerts($1)", [now], cancellationToken), cancellationToken);
        AlertMeters.Stepped("expired", expired);
        var swept = await run.StepAsync(
            "sweep",
            step => ChangeAsync(run, step, "select pipeline.sweep_events($1, $2)", [now.AddDays(-feed.Value.Days), feed.Value.Events], cancellationToken),
            cancellationToken);
        await MeasureAsync(run, now, cancellationToken);
        return new(expired, swept);
    }

    private static async Task<long> ChangeAsync(RunContext run, RunStep step, string call, object[] values, CancellationToken cancellationToken)
    {
        await using var connection = await run.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await run.AssertOwnedAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand(call, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        step.RowsOut = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return step.RowsOut;
    }

    private static async Task MeasureAsync(RunContext run, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = run.DataSource.CreateCommand(
            "select severity, open + in_review, overdue, median_seconds_to_resolve from pipeline.summarize_alerts($1, $2)");
        command.Parameters.Add(new() { Value = now.AddDays(-MeasuredDays) });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            AlertMeters.Reviewed(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3));
        }
    }
}
