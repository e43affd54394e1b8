using System.Diagnostics.Metrics;

namespace Payments.Pipeline.Rescore;

/// <summary>How far a rescore is, as <c>risk.rescores</c> has it.</summary>
internal static class RescoreMeters
{
    private static readonly Gauge<double> Share = PipelineTelemetry.Meter.CreateGauge<double>(
        "payments.rescore.progress", "1", "Share of the payments of a rescore that are done and committed, by run, from 0 to 1.");

    /// <summary>Records it.</summary>
    public static void Advanced(long runId, long done, long expected) =>
        Share.Record(expected > 0 ? Math.Min((double)done / expected, 1) : 1, new KeyValuePair<string, object?>("run_id", runId));
}
