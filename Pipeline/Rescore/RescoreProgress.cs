using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>A rescore as <c>risk.rescores</c> has it: how far it has come, and what it has counted.</summary>
/// <param name="ScoredAt">The instant by which rules and lists are judged.</param>
/// <param name="DoneUntil">With <paramref name="DonePaymentId"/> the last payment that is done; null: none.</param>
/// <param name="DonePaymentId">The last payment that is done.</param>
/// <param name="Expected">Payments of the days when it began.</param>
/// <param name="Account">What was counted up to there.</param>
internal sealed record RescoreProgress(DateTime ScoredAt, DateTime? DoneUntil, string? DonePaymentId, long Expected, RescoreAccount Account)
{
    /// <summary>Begins, or goes on where a former attempt by the same rules and models has come to.</summary>
    public static async Task<RescoreProgress> BeginAsync(
        NpgsqlConnection connection, RunContext run, RescoreRequest request, EngineVersions versions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select scored_at, done_until, done_payment_id, payments_read, scores_changed, flags_set, flags_cleared, decisions_raised, decisions_lowered,
                assessments_written, alerts_raised, distribution, payments_expected
            from pipeline.begin_rescore($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            connection);
        foreach (var value in (object[])[run.RunId, request.From, request.To, request.DryRun, request.RaiseAlerts, run.Clock.GetUtcNow().UtcDateTime, versions.Rules, versions.Models])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var isDone = !await reader.IsDBNullAsync(1, cancellationToken);
        var distribution = isDone ? RunJson.Read<ScoreDistribution>(reader.GetString(11)) : ScoreDistribution.Empty;
        return new(
            reader.GetDateTime(0),
            isDone ? reader.GetDateTime(1) : null,
            isDone ? reader.GetString(2) : null,
            reader.GetInt64(12),
            new(distribution)
            {
                Read = reader.GetInt64(3),
                Changed = reader.GetInt64(4),
                FlagsSet = reader.GetInt64(5),
                FlagsCleared = reader.GetInt64(6),
                Raised = reader.GetInt64(7),
                Lowered = reader.GetInt64(8),
                Assessments = reader.GetInt64(9),
                Alerts = reader.GetInt64(10),
            });
    }

    /// <summary>Whether a former attempt has done this payment.</summary>
    public bool HasDone(RiskSubject subject) =>
        DoneUntil is { } until
        && (subject.TransactionDate < until || (subject.TransactionDate == until && string.CompareOrdinal(subject.PaymentId, DonePaymentId) <= 0));

    /// <summary>Writes down what was counted up to a payment, in the transaction of the chunk.</summary>
    public static async Task AdvanceAsync(
        NpgsqlConnection connection, RunContext run, RescoreAccount account, RiskSubject? last, DateTime? finishedAt, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pipeline.advance_rescore($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = (object?)last?.TransactionDate ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)last?.PaymentId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        foreach (var count in (long[])[account.Read, account.Changed, account.FlagsSet, account.FlagsCleared, account.Raised, account.Lowered, account.Assessments, account.Alerts])
        {
            command.Parameters.Add(new() { Value = count });
        }

        command.Parameters.Add(new() { Value = RunJson.Write(account.Distribution), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)finishedAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
