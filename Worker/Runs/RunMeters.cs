using System.Diagnostics.Metrics;
using Payments.Pipeline;

namespace Payments.Worker.Runs;

/// <summary>What the worker counts of runs; records are counted where they are imported.</summary>
internal static class RunMeters
{
    private static readonly Counter<long> Runs = PipelineTelemetry.Meter.CreateCounter<long>(
        "payments.runs", "{run}", "Attempts of runs, by kind and outcome.");

    private static readonly Histogram<double> Durations = PipelineTelemetry.Meter.CreateHistogram<double>(
        "payments.run.duration", "s", "Duration of attempts of runs, by kind and outcome.");

    /// <summary>Counts an attempt.</summary>
    public static void Ended(string kind, string outcome, TimeSpan duration)
    {
        KeyValuePair<string, object?>[] tags = [new("kind", kind), new("outcome", outcome)];
        Runs.Add(1, tags);
        Durations.Record(duration.TotalSeconds, tags);
    }
}
