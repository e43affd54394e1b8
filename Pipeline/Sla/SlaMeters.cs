using System.Diagnostics.Metrics;
using Payments.Pipeline.Runs;

namespace Payments.Pipeline.Sla;

/// <summary>What is counted of incidents.</summary>
internal static class SlaMeters
{
    private static readonly Counter<long> Steps = PipelineTelemetry.Meter.CreateCounter<long>(
        "payments.sla.steps", "{step}", "Steps of SLA incidents: warned, opened, escalated, closed.");

    private static readonly Gauge<long> Followed = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.sla.incidents", "{incident}", "Incidents that are followed, by state: warned, open, escalated.");

    private static readonly Gauge<long> Unacknowledged = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.sla.unacknowledged", "{incident}", "Incidents that are followed and that nobody has acknowledged, by state.");

    private static readonly Gauge<long> Oldest = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.sla.oldest_delay", "d", "Days by which the latest settlement that is followed is late, by state.");

    /// <summary>Counts what a check did and records how things stand.</summary>
    public static async Task MeasureAsync(RunContext run, SlaCheckResult result, CancellationToken cancellationToken)
    {
        Count("warned", result.Warned);
        Count("opened", result.Opened);
        Count("escalated", result.Escalated);
        Count("closed", result.Closed);
        await using var command = run.DataSource.CreateCommand("select state, incidents, unacknowledged, oldest_delay_days from pipeline.summarize_incidents($1)");
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(run.Clock.GetUtcNow().UtcDateTime) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var state = new KeyValuePair<string, object?>("state", reader.GetString(0));
            Followed.Record(reader.GetInt64(1), state);
            Unacknowledged.Record(reader.GetInt64(2), state);
            Oldest.Record(reader.GetInt32(3), state);
        }
    }

    private static void Count(string step, long incidents)
    {
        if (incidents > 0) Steps.Add(incidents, new KeyValuePair<string, object?>("step", step));
    }
}
