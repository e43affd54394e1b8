using System.Diagnostics.Metrics;

namespace Payments.Pipeline.Alerts;

/// <summary>What is counted of alerts and their review.</summary>
public static class AlertMeters
{
    private static readonly Counter<long> Steps = PipelineTelemetry.Meter.CreateCounter<long>(
        "payments.alerts", "{alert}", "Steps of alerts: raised, assigned, resolved_fraud, resolved_legitimate, reopened, expired; rule_capped and rule_acknowledged of those about rules.");

    private static readonly Gauge<long> Waiting = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.alerts.waiting", "{alert}", "Alerts that wait for a verdict, by severity.");

    private static readonly Gauge<long> Overdue = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.alerts.overdue", "{alert}", "Alerts that wait longer than their severity allows, by severity.");

    private static readonly Gauge<long> Median = PipelineTelemetry.Meter.CreateGauge<long>(
        "payments.alerts.review_time", "s", "Median time from an alert to its verdict, over the verdicts of 30 days, by severity.");

    /// <summary>Counts alerts that took a step.</summary>
    public static void Stepped(string step, long alerts = 1)
    {
        if (alerts > 0) Steps.Add(alerts, new KeyValuePair<string, object?>("step", step));
    }

    /// <summary>Records how the review of a severity is doing.</summary>
    public static void Reviewed(string severity, long waiting, long overdue, long? medianSeconds)
    {
        var tag = new KeyValuePair<string, object?>("severity", severity);
        Waiting.Record(waiting, tag);
        Overdue.Record(overdue, tag);
        if (medianSeconds is { } median) Median.Record(median, tag);
    }
}
