using System.Diagnostics.Metrics;
using Payments.Risk.Evaluation;

namespace Payments.Pipeline.Quality;

/// <summary>Drift and quality as gauges: what the newest measurement found, of this process or of one before it (<see cref="StoredGauges"/>).</summary>
internal static class RiskMeters
{
    private static readonly Gauge<double> StabilityIndex = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.risk.stability_index", "1", "Population stability index of a feature, or of the score, against its reference.");

    private static readonly Gauge<double> Precision = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.risk.precision", "1", "Frauds among what was stopped in the newest week whose labels are known, by least decision.");

    private static readonly Gauge<double> Recall = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.risk.recall", "1", "Stopped among the frauds of the newest week whose labels are known, by least decision.");

    private static readonly Gauge<double> FalsePositiveRate = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.risk.false_positive_rate", "1", "Stopped among the genuine payments of the newest week whose labels are known, by least decision.");

    private static readonly Gauge<double> AveragePrecision = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.risk.average_precision", "1", "Average precision of the scores of the newest week whose labels are known.");

    public static void Drifted(string subject, double index) => StabilityIndex.Record(index, new KeyValuePair<string, object?>("subject", subject));

    public static void Judged(DecisionQuality quality) => Judged(DecisionRates.Of(quality.Review), DecisionRates.Of(quality.Block), quality.AveragePrecision);

    public static void Judged(DecisionRates review, DecisionRates block, double? averagePrecision)
    {
        foreach (var (decision, counts) in new[] { ("review", review), ("block", block) })
        {
            var tag = new KeyValuePair<string, object?>("decision", decision);
            if (counts.Precision is { } precision) Precision.Record(precision, tag);
            if (counts.Recall is { } recall) Recall.Record(recall, tag);
            if (counts.FalsePositiveRate is { } rate) FalsePositiveRate.Record(rate, tag);
        }

        if (averagePrecision is { } average) AveragePrecision.Record(average);
    }
}

/// <summary>How good stopping from a decision upward was.</summary>
internal sealed record DecisionRates(double? Precision, double? Recall, double? FalsePositiveRate)
{
    public static DecisionRates Of(ConfusionMatrix counts) => new(counts.Precision, counts.Recall, counts.FalsePositiveRate);
}
