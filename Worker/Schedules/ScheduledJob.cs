using Quartz;

namespace Payments.Worker.Schedules;

/// <summary>One row of the schedule.</summary>
/// <param name="Name">The job's stable key, in Quartz's tables, in request keys and in the setting that overrides it.</param>
/// <param name="Requests">The kind of run that it asks for, one of <c>RunKind</c>.</param>
/// <param name="Cron">When, in UTC, in Quartz's six fields (seconds first).</param>
/// <param name="Misfire">What happens to times that passed while no worker was up.</param>
/// <param name="Why">The reason for that policy.</param>
/// <param name="Needs">The setting without which the job has nothing to do, and is off.</param>
internal sealed record ScheduledJob(string Name, string Requests, string Cron, CronTriggerMisfireInstruction Misfire, string Why, string? Needs = null)
{
    /// <summary>The setting that overrides <see cref="Cron"/>; "off" or nothing disables the job.</summary>
    public string Setting => $"Jobs:{Name}:Cron";

    /// <summary>The cron that holds: the setting's where there is one; null when the job is off.</summary>
    /// <exception cref="FormatException">The setting is no cron expression.</exception>
    public string? EffectiveCron(IConfiguration configuration)
    {
        var cron = configuration[Setting] ?? Cron;
        if (Needs is not null && string.IsNullOrWhiteSpace(configuration[Needs])) return null;
        if (string.IsNullOrWhiteSpace(cron) || cron.Trim().Equals("off", StringComparison.OrdinalIgnoreCase)) return null;

        return CronExpression.TryParse(cron, out _)
            ? cron
            : throw new FormatException(
                $"{Setting} = '{cron}' is no cron expression. Give Quartz's six fields in UTC, for example '{Cron}', or 'off'.");
    }
}
