using System.Text;
using Npgsql;
using Payments.Pipeline.Load;
using Payments.Pipeline.Runs;
using Payments.Risk.Engine;
using Payments.Risk.Features;

namespace Payments.Pipeline.Score;

/// <summary>Writes to <c>risk.assessments</c> why payments were scored as they were: those that need a look.</summary>
internal static class AssessmentRows
{
    private const string Copy = """
        copy risk.assessments (payment_id, transaction_date, customer_id, merchant_id, amount, currency, score, decision, is_flagged, rule_score,
            anomaly_score, fraud_probability, reasons, rules_version, models_version, batch_id)
        from stdin (format binary)
        """;

    private const short Columns = 16;
    private const int FlushBytes = 1024 * 1024;

    public static async Task WriteAsync(Lane lane, IReadOnlyList<ScoredPayment> scored, EngineVersions versions, CancellationToken cancellationToken)
    {
        if (scored.Count == 0) return;
        await using var copy = await CopyStream.BeginAsync(lane, Copy, cancellationToken);
        foreach (var payment in scored)
        {
            Append(lane, payment.Facts, payment.Assessment, versions);
            await copy.FlushOverAsync(FlushBytes, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>What writes the assessments of a few payments, for whoever has more to say to the store.</summary>
    public static NpgsqlBatchCommand Statement(Lane lane, IReadOnlyList<ScoredPayment> scored, EngineVersions versions)
    {
        var command = new NpgsqlBatchCommand("select pipeline.write_assessments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
        Add(lane.Batch.Id);
        Add(versions.Rules);
        Add(versions.Models);
        Add(scored.Select(payment => payment.Facts.PaymentId).ToArray());
        Add(scored.Select(payment => Instants.ToDateTime(payment.Facts.Instant)).ToArray());
        Add(scored.Select(payment => payment.Facts.CustomerId).ToArray());
        Add(scored.Select(payment => payment.Facts.MerchantId).ToArray());
        Add(scored.Select(payment => payment.Facts.Amount).ToArray());
        Add(scored.Select(payment => payment.Facts.Currency).ToArray());
        Add(scored.Select(payment => payment.Assessment.Score).ToArray());
        Add(scored.Select(payment => payment.Assessment.Decision.Name()).ToArray());
        Add(scored.Select(payment => payment.Assessment.IsFlagged).ToArray());
        Add(scored.Select(payment => payment.Assessment.RuleScore).ToArray());
        Add(scored.Select(payment => payment.Assessment.AnomalyScore).ToArray());
        Add(scored.Select(payment => payment.Assessment.FraudProbability).ToArray());
        Add(scored.Select(payment => RunJson.Write(payment.Assessment.Reasons)).ToArray());
        return command;

        void Add(object value) => command.Parameters.Add(new() { Value = value });
    }

    private static void Append(Lane lane, PaymentFacts facts, Assessment assessment, EngineVersions versions)
    {
        var rows = lane.Rows;
        rows.Row(Columns);
        rows.Text(facts.PaymentId);
        rows.Int64(facts.Instant);
        rows.Text(facts.CustomerId);
        rows.Text(facts.MerchantId);
        rows.Numeric(facts.Amount, 3);
        rows.Text(facts.Currency);
        rows.Double(assessment.Score);
        rows.Text(assessment.Decision.Name());
        rows.Boolean(assessment.IsFlagged);
        rows.Double(assessment.RuleScore);
        rows.Double(assessment.AnomalyScore);
        rows.Double(assessment.FraudProbability);
        rows.Jsonb(Encoding.UTF8.GetBytes(RunJson.Write(assessment.Reasons)));
        rows.Int64(versions.Rules);
        rows.Int64(versions.Models);
        rows.Int64(lane.Batch.Id);
    }
}
