using Npgsql;
using NpgsqlTypes;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;

namespace Payments.Pipeline.Rescore;

/// <summary>Payments scored anew since the last commit: those that change, and the last one that is done.</summary>
internal sealed class RescoreChunk
{
    private const string Copy =
        "copy staging.rescored_payments (payment_id, transaction_date, risk_score, is_suspicious, assessment) from stdin (format binary)";

    private readonly List<Row> _rows = [];

    /// <summary>Payments that change.</summary>
    public int Changes => _rows.Count;

    /// <summary>Payments scored.</summary>
    public int Payments { get; private set; }

    /// <summary>The last payment that is done; null: none.</summary>
    public RiskSubject? Last { get; private set; }

    /// <summary>A payment is done.</summary>
    public void Pass(RiskSubject subject)
    {
        Payments++;
        Last = subject;
    }

    /// <summary>A payment changes; with an assessment where it has one.</summary>
    public void Change(RiskSubject subject, decimal score, bool isSuspicious, Assessment? assessment) =>
        _rows.Add(new(subject.PaymentId, subject.TransactionDate, score, isSuspicious, assessment));

    /// <summary>Puts the changes where <c>pipeline.apply_rescores</c> finds them.</summary>
    public async Task StageAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var truncate = new NpgsqlCommand("truncate staging.rescored_payments", connection))
        {
            await truncate.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var writer = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var row in _rows)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(row.PaymentId, NpgsqlDbType.Varchar, cancellationToken);
            await writer.WriteAsync(row.TransactionDate, NpgsqlDbType.TimestampTz, cancellationToken);
            await writer.WriteAsync(row.Score, NpgsqlDbType.Numeric, cancellationToken);
            await writer.WriteAsync(row.IsSuspicious, NpgsqlDbType.Boolean, cancellationToken);
            if (row.Assessment is { } assessment)
            {
                await writer.WriteAsync(RunJson.Write(Stored(assessment)), NpgsqlDbType.Jsonb, cancellationToken);
            }
            else
            {
                await writer.WriteNullAsync(cancellationToken);
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }

    // As risk.assessments has it; a number in JSON keeps every digit.
    private static object Stored(Assessment assessment) => new
    {
        assessment.Score,
        Decision = assessment.Decision.Name(),
        assessment.IsFlagged,
        assessment.RuleScore,
        assessment.AnomalyScore,
        assessment.FraudProbability,
        assessment.Reasons,
    };

    private sealed record Row(string PaymentId, DateTime TransactionDate, decimal Score, bool IsSuspicious, Assessment? Assessment);
}
