using Payments.Pipeline.Runs;
using Quartz;

namespace Payments.Worker.Schedules;

/// <summary>Every job of the platform and when it fires, UTC. A job only asks for a run; the run is done where and when a worker is free.</summary>
internal static class Schedule
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<ScheduledJob> Jobs { get; } =
    [
        new("etl", RunKind.Etl, "0 0 * * * ?", CronTriggerMisfireInstruction.FireAndProceed,
            "After downtime one run catches up with everything."),
        new("sla_check", RunKind.SlaCheck, "0 0/5 * * * ?", CronTriggerMisfireInstruction.DoNothing,
            "The next one is minutes away and finds the same."),
        new("alert_expiry", RunKind.AlertExpiry, "30 2/5 * * * ?", CronTriggerMisfireInstruction.DoNothing,
            "The next one is minutes away and finds the same."),
        new("partition_maintenance", RunKind.PartitionMaintenance, "0 30 0 * * ?", CronTriggerMisfireInstruction.FireAndProceed,
            "A day without it must not become two."),
        new("assertions", RunKind.Assertions, "0 0 3 * * ?", CronTriggerMisfireInstruction.FireAndProceed,
            "What a night has missed may be wrong by day."),
        new("risk_quality", RunKind.RiskQuality, "0 30 2 * * ?", CronTriggerMisfireInstruction.FireAndProceed,
            "A day's drift is not measured later."),
        new("train_model", RunKind.TrainModel, "0 30 3 * * ?", CronTriggerMisfireInstruction.DoNothing,
            "The next night learns from a day more."),
        new("reconciliation", RunKind.Reconciliation, "0 0 5 * * ?", CronTriggerMisfireInstruction.FireAndProceed,
            "What is late by a day is to be known that day."),
        new("archive", RunKind.Archive, "0 0 4 * * ?", CronTriggerMisfireInstruction.DoNothing,
            "The next night finds the same months.", Needs: "Retention:PaymentMonths"),
    ];
}
