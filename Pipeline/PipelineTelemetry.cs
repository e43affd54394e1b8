using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Payments.Pipeline;

/// <summary>The one activity source and the one meter of the platform, both named <c>Payments</c>.</summary>
public static class PipelineTelemetry
{
    /// <summary>The name of source and meter.</summary>
    public const string Name = "Payments";

    /// <summary>Spans of runs and their stages.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Counters and histograms of runs and records.</summary>
    public static Meter Meter { get; } = new(Name);
}
