using System.Diagnostics.Metrics;

namespace Payments.Pipeline.Score;

/// <summary>What is measured of the engine that scores in this process.</summary>
internal static class EngineMeters
{
    private static readonly Gauge<long> Unreadable = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.risk.unreadable", "{item}", "What is live in the store and cannot be read by this process, by subject: model (0 or 1), rules.");

    /// <summary>Records what an engine had to do without.</summary>
    public static void Loaded(LoadedEngine engine)
    {
        Unreadable.Record(engine.Model?.Fault is null ? 0 : 1, new KeyValuePair<string, object?>("subject", "model"));
        Unreadable.Record(engine.Rules.Unreadable.Count, new KeyValuePair<string, object?>("subject", "rules"));
    }
}
